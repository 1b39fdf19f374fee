-- Whether code outside trains the trials of a search: asked for every queued trial, so not read out of the spec each time.
ALTER TABLE "searches" ADD COLUMN "external" BOOLEAN NOT NULL DEFAULT false;
