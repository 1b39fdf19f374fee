ALTER TABLE "measurements" ADD COLUMN "timing" JSON;
