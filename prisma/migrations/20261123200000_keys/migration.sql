-- Keys of the API, and the project that a search belongs to. Of a key only the digest is kept.
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "api_keys_digest_key" ON "api_keys"("digest");

ALTER TABLE "searches" ADD COLUMN "project" TEXT NOT NULL DEFAULT 'default';

CREATE INDEX "searches_project_created_at_id_idx" ON "searches"("project", "created_at" DESC, "id" DESC);
