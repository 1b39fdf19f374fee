-- CreateTable
CREATE TABLE "trial_models" (
    "trial_id" TEXT NOT NULL,
    "data" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trial_models_pkey" PRIMARY KEY ("trial_id")
);

-- AddForeignKey
ALTER TABLE "trial_models" ADD CONSTRAINT "trial_models_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trials"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Weights do not get smaller.
ALTER TABLE "trial_models" ALTER COLUMN "data" SET STORAGE EXTERNAL;
