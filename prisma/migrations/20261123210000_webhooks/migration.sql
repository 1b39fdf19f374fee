-- Whom to tell about a search. How far each has been told is a place in the search's events: they are the outbox.
CREATE TABLE "webhooks" (
    "id" TEXT NOT NULL,
    "search_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "secret" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "reason" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "seq" BIGINT NOT NULL,
    "best" DOUBLE PRECISION,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "webhooks_search_id_idx" ON "webhooks"("search_id");

ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_search_id_fkey" FOREIGN KEY ("search_id") REFERENCES "searches"("id") ON DELETE CASCADE ON UPDATE CASCADE;
