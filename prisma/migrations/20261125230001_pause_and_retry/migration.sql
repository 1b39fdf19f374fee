-- A person has paused the trial, and it stays so until a person resumes it.
ALTER TABLE "trials" ADD COLUMN "pause_requested" BOOLEAN NOT NULL DEFAULT false,
-- Not to be tried again before: failed attempts are repeated after a pause that grows.
ADD COLUMN "retry_at" TIMESTAMPTZ(3);
