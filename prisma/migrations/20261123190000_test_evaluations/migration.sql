-- What the sealed test set said of a search's winner: asked once.
CREATE TABLE "test_evaluations" (
    "search_id" TEXT NOT NULL,
    "trial_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    "metrics" JSON NOT NULL,
    "evaluated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "test_evaluations_pkey" PRIMARY KEY ("search_id")
);

ALTER TABLE "test_evaluations" ADD CONSTRAINT "test_evaluations_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;
