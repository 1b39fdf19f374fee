-- Machines whose trials fail or get lost while those of others do not: each such end is a strike, a row of them a quarantine.
ALTER TABLE "workers" ADD COLUMN "last_success_at" TIMESTAMPTZ(3);

CREATE TABLE "host_strikes" (
    "id" BIGSERIAL NOT NULL,
    "host" TEXT NOT NULL,
    "worker_id" TEXT NOT NULL,
    "trial_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "host_strikes_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "host_strikes_at_idx" ON "host_strikes"("at");

CREATE TABLE "host_quarantines" (
    "host" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "host_quarantines_pkey" PRIMARY KEY ("host")
);

-- Recurring work that one process at a time is enough for: whoever finds that it is time does it.
CREATE TABLE "turns" (
    "name" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "turns_pkey" PRIMARY KEY ("name")
);

INSERT INTO "turns" ("name", "taken_at") VALUES ('reconcile', now()), ('tidy', now()), ('prune', now());
