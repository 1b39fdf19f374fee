-- What happened, in order: every transition of searches and trials, every round, and which measurements came when.
-- Rows are only ever added; they go by age, or with their search.
CREATE TYPE "event_kind" AS ENUM ('trial', 'measurement', 'search', 'round');

CREATE TABLE "events" (
    "search_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "kind" "event_kind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "trial_id" TEXT,
    "attempt" INTEGER,
    "from_status" TEXT,
    "to_status" TEXT,
    "reason" TEXT,
    "worker_id" TEXT,
    "items" JSON,

    CONSTRAINT "events_pkey" PRIMARY KEY ("search_id","seq")
);

CREATE INDEX "events_at_idx" ON "events" USING BRIN ("at");

-- The history of one trial.
CREATE INDEX "events_trial_idx" ON "events" ("trial_id") WHERE "trial_id" IS NOT NULL;

-- The number of the newest event of a search. It is raised under the lock of the search's row, which is held until the
-- commit: numbers become visible in their order and without gaps, so that a reader who goes on after the last one it has
-- seen misses none.
ALTER TABLE "searches" ADD COLUMN "event_seq" BIGINT NOT NULL DEFAULT 1;

-- The triggers that count (see the first migration) tell what they count, in the same statement.
CREATE OR REPLACE FUNCTION "trials_progress_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "searches" WHERE "id" IN (SELECT "search_id" FROM "new_rows") ORDER BY "id" FOR NO KEY UPDATE;
  WITH "counted" AS (
    UPDATE "searches" s SET
      "version" = s."version" + 1,
      "event_seq" = s."event_seq" + d."changes",
      "queued" = s."queued" + d."queued",
      "running" = s."running" + d."running",
      "paused" = s."paused" + d."paused",
      "completed" = s."completed" + d."completed",
      "pruned" = s."pruned" + d."pruned",
      "infeasible" = s."infeasible" + d."infeasible",
      "failed" = s."failed" + d."failed",
      "cancelled" = s."cancelled" + d."cancelled"
    FROM (
      SELECT
        "search_id",
        count(*) AS "changes",
        count(*) FILTER (WHERE "status" = 'queued') AS "queued",
        count(*) FILTER (WHERE "status" = 'running') AS "running",
        count(*) FILTER (WHERE "status" = 'paused') AS "paused",
        count(*) FILTER (WHERE "status" = 'completed') AS "completed",
        count(*) FILTER (WHERE "status" = 'pruned') AS "pruned",
        count(*) FILTER (WHERE "status" = 'infeasible') AS "infeasible",
        count(*) FILTER (WHERE "status" = 'failed') AS "failed",
        count(*) FILTER (WHERE "status" = 'cancelled') AS "cancelled"
      FROM "new_rows" GROUP BY "search_id"
    ) d
    WHERE s."id" = d."search_id"
    RETURNING s."id", s."event_seq" - d."changes" AS "seq"
  )
  INSERT INTO "events" ("search_id", "seq", "kind", "trial_id", "attempt", "to_status", "reason")
  SELECT c."id", c."seq" + row_number() OVER (PARTITION BY c."id" ORDER BY n."number"), 'trial', n."id", n."attempt",
    n."status", n."reason"
  FROM "new_rows" n JOIN "counted" c ON c."id" = n."search_id";
  RETURN NULL;
END $$;

-- A trial that is taken over while it runs keeps its status, and begins another attempt.
CREATE OR REPLACE FUNCTION "trials_progress_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM "new_rows" n JOIN "old_rows" o USING ("id") WHERE n."status" <> o."status" OR n."attempt" <> o."attempt"
  ) THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM "searches" WHERE "id" IN (SELECT "search_id" FROM "new_rows") ORDER BY "id" FOR NO KEY UPDATE;
  WITH "counted" AS (
    UPDATE "searches" s SET
      "version" = s."version" + 1,
      "event_seq" = s."event_seq" + d."changes",
      "queued" = s."queued" + d."queued",
      "running" = s."running" + d."running",
      "paused" = s."paused" + d."paused",
      "completed" = s."completed" + d."completed",
      "pruned" = s."pruned" + d."pruned",
      "infeasible" = s."infeasible" + d."infeasible",
      "failed" = s."failed" + d."failed",
      "cancelled" = s."cancelled" + d."cancelled"
    FROM (
      SELECT
        n."search_id",
        count(*) AS "changes",
        sum((n."status" = 'queued')::int - (o."status" = 'queued')::int) AS "queued",
        sum((n."status" = 'running')::int - (o."status" = 'running')::int) AS "running",
        sum((n."status" = 'paused')::int - (o."status" = 'paused')::int) AS "paused",
        sum((n."status" = 'completed')::int - (o."status" = 'completed')::int) AS "completed",
        sum((n."status" = 'pruned')::int - (o."status" = 'pruned')::int) AS "pruned",
        sum((n."status" = 'infeasible')::int - (o."status" = 'infeasible')::int) AS "infeasible",
        sum((n."status" = 'failed')::int - (o."status" = 'failed')::int) AS "failed",
        sum((n."status" = 'cancelled')::int - (o."status" = 'cancelled')::int) AS "cancelled"
      FROM "new_rows" n JOIN "old_rows" o USING ("id")
      WHERE n."status" <> o."status" OR n."attempt" <> o."attempt"
      GROUP BY n."search_id"
    ) d
    WHERE s."id" = d."search_id"
    RETURNING s."id", s."event_seq" - d."changes" AS "seq"
  )
  INSERT INTO "events" (
    "search_id", "seq", "kind", "trial_id", "attempt", "from_status", "to_status", "reason", "worker_id"
  )
  SELECT c."id", c."seq" + row_number() OVER (PARTITION BY c."id" ORDER BY n."number"), 'trial', n."id", n."attempt",
    o."status", n."status", n."reason", CASE WHEN n."status" = 'running' THEN n."worker_id" END
  FROM "new_rows" n JOIN "old_rows" o USING ("id") JOIN "counted" c ON c."id" = n."search_id"
  WHERE n."status" <> o."status" OR n."attempt" <> o."attempt";
  RETURN NULL;
END $$;

-- One row per statement and search, however many measurements it stored: the row names them, and they stay where they are.
CREATE FUNCTION "measurements_event"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "told" RECORD;
  "number" BIGINT;
BEGIN
  -- In the order of the ids, as above. A subquery, not a join: each trial is looked up by its key at any size of the table.
  FOR "told" IN
    SELECT n."search_id", json_agg(json_build_array(n."trial_id", n."step") ORDER BY n."trial_id", n."step") AS "items"
    FROM (
      SELECT "trial_id", "step", (SELECT t."search_id" FROM "trials" t WHERE t."id" = "trial_id") AS "search_id"
      FROM "new_rows"
    ) n
    GROUP BY n."search_id" ORDER BY n."search_id"
  LOOP
    UPDATE "searches" SET "event_seq" = "event_seq" + 1 WHERE "id" = "told"."search_id" RETURNING "event_seq" INTO "number";
    INSERT INTO "events" ("search_id", "seq", "kind", "items")
    VALUES ("told"."search_id", "number", 'measurement', "told"."items");
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER "measurements_event" AFTER INSERT ON "measurements"
  REFERENCING NEW TABLE AS "new_rows" FOR EACH STATEMENT EXECUTE FUNCTION "measurements_event"();

CREATE FUNCTION "rounds_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH "counted" AS (
    UPDATE "searches" SET "event_seq" = "event_seq" + 1 WHERE "id" = NEW."search_id" RETURNING "event_seq"
  )
  INSERT INTO "events" ("search_id", "seq", "kind", "reason", "items")
  SELECT NEW."search_id", "event_seq", 'round', NEW."reason", to_json(NEW."index") FROM "counted";
  RETURN NULL;
END $$;

CREATE TRIGGER "rounds_event" AFTER INSERT ON "search_rounds" FOR EACH ROW EXECUTE FUNCTION "rounds_event"();

-- The first event of a search has the number that the column begins with.
CREATE FUNCTION "searches_event_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("search_id", "seq", "kind", "to_status", "reason")
  VALUES (NEW."id", NEW."event_seq", 'search', NEW."status", NEW."reason");
  RETURN NULL;
END $$;

CREATE TRIGGER "searches_event_insert" AFTER INSERT ON "searches"
  FOR EACH ROW EXECUTE FUNCTION "searches_event_insert"();

-- Before the update: the number belongs to the row that is being written, whose lock is held by then. Naming the columns
-- keeps the counting triggers, which write to this table all the time, from coming here.
CREATE FUNCTION "searches_event_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."event_seq" := NEW."event_seq" + 1;
  INSERT INTO "events" ("search_id", "seq", "kind", "from_status", "to_status", "reason")
  VALUES (NEW."id", NEW."event_seq", 'search', OLD."status", NEW."status", NEW."reason");
  RETURN NEW;
END $$;

CREATE TRIGGER "searches_event_update" BEFORE UPDATE OF "status", "name", "notes", "spec" ON "searches"
  FOR EACH ROW WHEN (
    OLD."status" <> NEW."status" OR OLD."name" <> NEW."name" OR OLD."notes" IS DISTINCT FROM NEW."notes"
      OR OLD."spec"::text <> NEW."spec"::text
  ) EXECUTE FUNCTION "searches_event_update"();

CREATE FUNCTION "searches_event_delete"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "events" WHERE "search_id" = OLD."id";
  RETURN NULL;
END $$;

CREATE TRIGGER "searches_event_delete" AFTER DELETE ON "searches"
  FOR EACH ROW EXECUTE FUNCTION "searches_event_delete"();
