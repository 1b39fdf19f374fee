ALTER TABLE "trials" ADD COLUMN "provenance" JSON;
