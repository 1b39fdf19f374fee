-- CreateTable
CREATE TABLE "learning_summaries" (
    "search_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "below" INTEGER NOT NULL DEFAULT 0,
    "learnt" JSON,
    "taken_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "learning_summaries_pkey" PRIMARY KEY ("search_id")
);

-- AddForeignKey
ALTER TABLE "learning_summaries" ADD CONSTRAINT "learning_summaries_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;
