-- By how much a trial breaks the constraints of its search; null where it breaks none.
ALTER TABLE "trials" ADD COLUMN "violation" DOUBLE PRECISION;

-- Trials that callers added: what the sampler proposes for the numbers after them depends on it.
ALTER TABLE "searches" ADD COLUMN "given" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "trials" ADD COLUMN "given" BOOLEAN NOT NULL DEFAULT false;
