-- What people do to a trial while it runs: an edit is stored first, and holds from a step that is written back before anything
-- is trained with it. The counters on the trial tell its worker, with every statement that it sends anyway.
ALTER TABLE "trials" ADD COLUMN "edits" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "pending_edits" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "edited_from" INTEGER;

CREATE TABLE "trial_edits" (
    "trial_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "params" JSON NOT NULL,
    "after_step" INTEGER,
    "actor" TEXT NOT NULL,
    "refusal" TEXT,
    "undone_by" INTEGER,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "trial_edits_pkey" PRIMARY KEY ("trial_id","number")
);

ALTER TABLE "trial_edits" ADD CONSTRAINT "trial_edits_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trials"("id") ON DELETE CASCADE ON UPDATE CASCADE;
