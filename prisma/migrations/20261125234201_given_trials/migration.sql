-- Few of many: the trials that callers added. Prisma knows no partial indexes.
CREATE INDEX "trials_given_idx" ON "trials" ("search_id", "number") WHERE "given";
