-- CreateTable
CREATE TABLE "datasets" (
    "id" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "info" JSON NOT NULL,
    "summary" JSON NOT NULL,
    "bytes" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "datasets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dataset_chunks" (
    "dataset_id" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "dataset_chunks_pkey" PRIMARY KEY ("dataset_id","index")
);

-- CreateIndex
CREATE UNIQUE INDEX "datasets_project_name_key" ON "datasets"("project", "name");

-- CreateIndex
CREATE UNIQUE INDEX "datasets_project_checksum_key" ON "datasets"("project", "checksum");

-- AddForeignKey
ALTER TABLE "dataset_chunks" ADD CONSTRAINT "dataset_chunks_dataset_id_fkey" FOREIGN KEY ("dataset_id") REFERENCES "datasets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Chunks are gzipped already: Postgres need not try to make them smaller.
ALTER TABLE "dataset_chunks" ALTER COLUMN "data" SET STORAGE EXTERNAL;
