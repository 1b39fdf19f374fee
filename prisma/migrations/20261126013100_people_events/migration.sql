-- What people do to trials is told in the events as well: an edit when it is asked for, and when it holds or is refused; a rewind; a
-- fork, in the search that the trial is of. An edit that a rewind takes back has no event of its own: the rewind says so.
ALTER TYPE "event_kind" ADD VALUE 'edit';
ALTER TYPE "event_kind" ADD VALUE 'rewind';
ALTER TYPE "event_kind" ADD VALUE 'fork';

-- The trial that a search was forked from, and by whom: {"trialId", "by"}.
ALTER TABLE "searches" ADD COLUMN "forked_from" JSON;

-- Trials are locked before their search, as everywhere.
CREATE FUNCTION "trial_edits_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH "counted" AS (
    UPDATE "searches" s SET "event_seq" = s."event_seq" + 1
    WHERE s."id" = (SELECT t."search_id" FROM "trials" t WHERE t."id" = NEW."trial_id")
    RETURNING s."id", s."event_seq"
  )
  INSERT INTO "events" ("search_id", "seq", "kind", "trial_id", "reason", "items")
  SELECT c."id", c."event_seq", (CASE NEW."kind" WHEN 'rewind' THEN 'rewind' ELSE 'edit' END)::"event_kind", NEW."trial_id", NEW."refusal",
    json_build_object('edit', NEW."number", 'step', NEW."after_step", 'state', CASE
      WHEN NEW."settled_at" IS NULL THEN 'pending' WHEN NEW."refusal" IS NULL THEN 'applied' ELSE 'refused'
    END)
  FROM "counted" c;
  RETURN NULL;
END $$;

CREATE TRIGGER "trial_edits_event_insert" AFTER INSERT ON "trial_edits"
  FOR EACH ROW EXECUTE FUNCTION "trial_edits_event"();

CREATE TRIGGER "trial_edits_event_update" AFTER UPDATE OF "settled_at" ON "trial_edits"
  FOR EACH ROW WHEN (OLD."settled_at" IS NULL AND NEW."settled_at" IS NOT NULL) EXECUTE FUNCTION "trial_edits_event"();

CREATE FUNCTION "searches_fork_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH "counted" AS (
    UPDATE "searches" s SET "event_seq" = s."event_seq" + 1
    WHERE s."id" = (SELECT t."search_id" FROM "trials" t WHERE t."id" = NEW."forked_from"->>'trialId')
    RETURNING s."id", s."event_seq"
  )
  INSERT INTO "events" ("search_id", "seq", "kind", "trial_id", "items")
  SELECT c."id", c."event_seq", 'fork', NEW."forked_from"->>'trialId',
    json_build_object('forkId', NEW."id", 'by', NEW."forked_from"->>'by')
  FROM "counted" c;
  RETURN NULL;
END $$;

CREATE TRIGGER "searches_fork_event" AFTER INSERT ON "searches"
  FOR EACH ROW WHEN (NEW."forked_from" IS NOT NULL) EXECUTE FUNCTION "searches_fork_event"();
