-- What a learning sampler went by when it proposed the trial.
ALTER TABLE "trials" ADD COLUMN "basis" JSON;
