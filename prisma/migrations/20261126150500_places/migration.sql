-- Trials that may run at most, since `parallelism` was lowered below those in flight; null once no more are. In a column of its own, for
-- every statement that hands out trials asks for it.
ALTER TABLE "searches" ADD COLUMN "places" INTEGER;
