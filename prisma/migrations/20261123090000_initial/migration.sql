-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "search_status" AS ENUM ('running', 'paused', 'completed', 'cancelled', 'failed');

-- CreateEnum
CREATE TYPE "trial_status" AS ENUM ('queued', 'running', 'paused', 'completed', 'pruned', 'infeasible', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "searches" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "notes" TEXT,
    "status" "search_status" NOT NULL DEFAULT 'running',
    "reason" TEXT,
    "spec" JSON NOT NULL,
    "space_version" INTEGER NOT NULL DEFAULT 1,
    "planned_total" INTEGER,
    "round_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "active_since" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "active_ms" BIGINT NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 0,
    "queued" INTEGER NOT NULL DEFAULT 0,
    "running" INTEGER NOT NULL DEFAULT 0,
    "paused" INTEGER NOT NULL DEFAULT 0,
    "completed" INTEGER NOT NULL DEFAULT 0,
    "pruned" INTEGER NOT NULL DEFAULT 0,
    "infeasible" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "cancelled" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "searches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "space_versions" (
    "search_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "first_number" INTEGER NOT NULL,
    "space" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "space_versions_pkey" PRIMARY KEY ("search_id","version")
);

-- CreateTable
CREATE TABLE "search_rounds" (
    "search_id" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "first_number" INTEGER NOT NULL,
    "end_number" INTEGER NOT NULL,
    "region" JSON NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "search_rounds_pkey" PRIMARY KEY ("search_id","index")
);

-- CreateTable
CREATE TABLE "trials" (
    "id" TEXT NOT NULL,
    "search_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "status" "trial_status" NOT NULL DEFAULT 'queued',
    "params" JSON NOT NULL,
    "proposal" TEXT NOT NULL,
    "round" INTEGER,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "losses" INTEGER NOT NULL DEFAULT 0,
    "worker_id" TEXT,
    "lease_expires_at" TIMESTAMPTZ(3),
    "dispatched_at" TIMESTAMPTZ(3),
    "cancel_requested" BOOLEAN NOT NULL DEFAULT false,
    "value" DOUBLE PRECISION,
    "rank_key" DOUBLE PRECISION,
    "step" INTEGER NOT NULL DEFAULT 0,
    "metrics" JSON NOT NULL DEFAULT '{}',
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "duration_ms" INTEGER,

    CONSTRAINT "trials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "measurements" (
    "trial_id" TEXT NOT NULL,
    "step" INTEGER NOT NULL,
    "metrics" JSON NOT NULL,
    "elapsed_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "measurements_pkey" PRIMARY KEY ("trial_id","step")
);

-- CreateTable
CREATE TABLE "checkpoints" (
    "trial_id" TEXT NOT NULL,
    "step" INTEGER NOT NULL,
    "elapsed_ms" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("trial_id")
);

-- CreateTable
CREATE TABLE "workers" (
    "id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "concurrency" INTEGER NOT NULL,
    "runtime" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stopped_at" TIMESTAMPTZ(3),

    CONSTRAINT "workers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "search_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "searches_created_at_id_idx" ON "searches"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "trials_search_id_number_key" ON "trials"("search_id", "number");

-- CreateIndex
CREATE INDEX "workers_last_seen_at_idx" ON "workers"("last_seen_at");

-- CreateIndex
CREATE UNIQUE INDEX "idempotency_keys_search_id_key" ON "idempotency_keys"("search_id");

-- AddForeignKey
ALTER TABLE "space_versions" ADD CONSTRAINT "space_versions_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "search_rounds" ADD CONSTRAINT "search_rounds_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trials" ADD CONSTRAINT "trials_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "measurements" ADD CONSTRAINT "measurements_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trials"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "trials"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;



-- What follows cannot be said in schema.prisma.

-- The leaderboard: trials with an outcome, best first, non-finite values last.
CREATE INDEX "trials_board_idx" ON "trials" ("search_id", "rank_key", "number")
  WHERE "status" IN ('completed', 'pruned', 'infeasible');

-- Trials of a search that are not final: the window of strict searches, cancelling, resuming.
CREATE INDEX "trials_open_idx" ON "trials" ("search_id", "number")
  WHERE "status" IN ('queued', 'running', 'paused');

-- The reconciler's two questions: whose lease has run out, and what was never dispatched.
CREATE INDEX "trials_lease_idx" ON "trials" ("lease_expires_at") WHERE "status" = 'running';
CREATE INDEX "trials_undispatched_idx" ON "trials" ("dispatched_at") WHERE "status" = 'queued';

-- A worker's trials.
CREATE INDEX "trials_worker_idx" ON "trials" ("worker_id") WHERE "status" = 'running';

-- Rows of running trials change at every step: leave room for updates in place.
ALTER TABLE "trials" SET (fillfactor = 80);
ALTER TABLE "searches" SET (fillfactor = 50);

-- Checkpoints are compressed badly and read whole.
ALTER TABLE "checkpoints" ALTER COLUMN "data" SET STORAGE EXTERNAL;

-- Counters and version of a search follow from its trials' statuses, whichever statement changes them: they cannot
-- drift, and a search with a million trials is shown without counting. Rows of searches are locked in the order of
-- their ids, so that two statements over several searches cannot wait for each other.
CREATE FUNCTION "trials_progress_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "searches" WHERE "id" IN (SELECT "search_id" FROM "new_rows") ORDER BY "id" FOR NO KEY UPDATE;
  UPDATE "searches" s SET
    "version" = s."version" + 1,
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
  WHERE s."id" = d."search_id";
  RETURN NULL;
END $$;

CREATE FUNCTION "trials_progress_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM "new_rows" n JOIN "old_rows" o USING ("id") WHERE n."status" <> o."status"
  ) THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM "searches" WHERE "id" IN (SELECT "search_id" FROM "new_rows") ORDER BY "id" FOR NO KEY UPDATE;
  UPDATE "searches" s SET
    "version" = s."version" + 1,
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
      sum((n."status" = 'queued')::int - (o."status" = 'queued')::int) AS "queued",
      sum((n."status" = 'running')::int - (o."status" = 'running')::int) AS "running",
      sum((n."status" = 'paused')::int - (o."status" = 'paused')::int) AS "paused",
      sum((n."status" = 'completed')::int - (o."status" = 'completed')::int) AS "completed",
      sum((n."status" = 'pruned')::int - (o."status" = 'pruned')::int) AS "pruned",
      sum((n."status" = 'infeasible')::int - (o."status" = 'infeasible')::int) AS "infeasible",
      sum((n."status" = 'failed')::int - (o."status" = 'failed')::int) AS "failed",
      sum((n."status" = 'cancelled')::int - (o."status" = 'cancelled')::int) AS "cancelled"
    FROM "new_rows" n JOIN "old_rows" o USING ("id")
    WHERE n."status" <> o."status"
    GROUP BY n."search_id"
  ) d
  WHERE s."id" = d."search_id";
  RETURN NULL;
END $$;

CREATE TRIGGER "trials_progress_insert" AFTER INSERT ON "trials"
  REFERENCING NEW TABLE AS "new_rows" FOR EACH STATEMENT EXECUTE FUNCTION "trials_progress_insert"();
CREATE TRIGGER "trials_progress_update" AFTER UPDATE ON "trials"
  REFERENCING OLD TABLE AS "old_rows" NEW TABLE AS "new_rows"
  FOR EACH STATEMENT EXECUTE FUNCTION "trials_progress_update"();
