-- Where a scheduler has a trial stop for now, what the trial was worth at each such step, and where it came from.
ALTER TABLE "trials" ADD COLUMN "target_step" INTEGER,
ADD COLUMN "rungs" JSON NOT NULL DEFAULT '{}',
ADD COLUMN "parent" JSON;

-- The order in which a search in `throughput` mode took its results: what its decisions follow from.
CREATE TABLE "scheduler_log" (
    "search_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "step" INTEGER,

    CONSTRAINT "scheduler_log_pkey" PRIMARY KEY ("search_id","seq")
);

ALTER TABLE "scheduler_log" ADD CONSTRAINT "scheduler_log_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;
