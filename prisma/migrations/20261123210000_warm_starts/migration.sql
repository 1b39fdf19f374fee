-- Results of earlier searches that a search begins with, as they were when it was created.
CREATE TABLE "warm_starts" (
    "search_id" TEXT NOT NULL,
    "trials" JSON NOT NULL,

    CONSTRAINT "warm_starts_pkey" PRIMARY KEY ("search_id")
);

ALTER TABLE "warm_starts" ADD CONSTRAINT "warm_starts_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;
