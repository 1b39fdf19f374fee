-- More than one checkpoint of a trial: crashes and rewinds go on from the nearest.
ALTER TABLE "checkpoints" DROP CONSTRAINT "checkpoints_pkey",
ADD CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("trial_id", "step");

-- Measurements that a rewind took out of a learning curve, by the number of that edit. Nothing is ever taken out of this table.
CREATE TABLE "superseded_measurements" (
    "trial_id" TEXT NOT NULL,
    "edit" INTEGER NOT NULL,
    "step" INTEGER NOT NULL,
    "metrics" JSON NOT NULL,
    "elapsed_ms" INTEGER NOT NULL,
    "timing" JSON,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "superseded_measurements_pkey" PRIMARY KEY ("trial_id","edit","step")
);

ALTER TABLE "superseded_measurements" ADD CONSTRAINT "superseded_measurements_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trials"("id") ON DELETE CASCADE ON UPDATE CASCADE;
