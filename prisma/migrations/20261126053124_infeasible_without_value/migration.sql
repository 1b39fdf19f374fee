-- An infeasible trial has no value and no place by one, whatever it measured before: those that had some stood before trials that came
-- to something, and were named as the best of their search.
WITH "corrected" AS (
  UPDATE "trials" SET "value" = NULL, "rank_key" = NULL, "violation" = NULL
  WHERE "status" = 'infeasible' AND ("value" IS NOT NULL OR "rank_key" IS NOT NULL OR "violation" IS NOT NULL)
  RETURNING "search_id"
)
UPDATE "searches" SET "version" = "version" + 1 WHERE "id" IN (SELECT "search_id" FROM "corrected");
