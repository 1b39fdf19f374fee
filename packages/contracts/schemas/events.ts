import { searchStatusSchema, trialStatusSchema } from '@caviar/spec';
import { z } from 'zod';
import { durationMsSchema, metricsSchema, timeSchema } from './common.js';
import { exampleSearch, exampleTrial } from './examples.js';
import { paramsSchema } from './search.js';

const fields = { searchId: z.string(), at: timeSchema };
const trialFields = { ...fields, trialId: z.string(), number: z.int().min(0) };

const transitionFields = {
  attempt: z.int().min(0).meta({ description: 'Times the trial had been started.' }),
  from: trialStatusSchema.nullable().meta({ description: 'Null when it was made.' }),
  status: trialStatusSchema,
  reason: z.string().nullable(),
  workerId: z.string().nullable().meta({ description: 'Who took it; null for all but the begin of an attempt.' }),
};

const editNumber = z.int().min(1).meta({ description: 'Its number in the edits of the trial.' });
const by = z.string().meta({ description: 'Name of the API key.' });

const eventId = z.string().regex(/^\d{1,15}(\.\d{1,6})?$/, 'must be the id of an event, or 0 for the beginning');

export const eventsQuerySchema = z.strictObject({
  after: eventId.optional().meta({
    description: 'Begins after that event (0: with the first); `Last-Event-ID` goes before it. Left out: from now on.',
  }),
});

export const eventsHeadersSchema = z.object({
  'Last-Event-ID': eventId.optional().meta({
    description: 'The id of the last event that was received; browsers send it by themselves when they connect again.',
    examples: ['1207.3'],
  }),
});

export const searchEventSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('trial'),
        ...trialFields,
        ...transitionFields,
        value: z.number().nullable().meta({ description: 'Value of the objective, once the trial has ended.' }),
      })
      .meta({ description: 'A trial changed its status.' }),
    z
      .strictObject({
        kind: z.literal('measurement'),
        ...trialFields,
        step: z.int().min(0),
        metrics: metricsSchema,
        elapsedMs: durationMsSchema,
      })
      .meta({ description: 'A trial reported a step.' }),
    z
      .strictObject({
        kind: z.literal('search'),
        ...fields,
        from: searchStatusSchema.nullable(),
        status: searchStatusSchema,
        reason: z.string().nullable(),
      })
      .meta({ description: 'The search changed: its status, or, where `from` is the same, something else of it.' }),
    z
      .strictObject({
        kind: z.literal('round'),
        ...fields,
        index: z.int().min(0),
        firstNumber: z.int().min(0),
        endNumber: z.int().min(0),
        reason: z.string(),
      })
      .meta({ description: 'A round of the plan was decided.' }),
    z
      .strictObject({
        kind: z.literal('edit'),
        ...trialFields,
        edit: editNumber,
        state: z.enum(['pending', 'applied', 'refused']),
        step: z.int().min(0).nullable().meta({ description: 'The step after which it holds, once it is applied.' }),
        params: paramsSchema.meta({ description: 'The new values.' }),
        by,
        reason: z.string().nullable().meta({ description: 'Why it was refused.' }),
      })
      .meta({ description: 'Params of a trial are changed by hand: asked for, and later applied or refused.' }),
    z.strictObject({ kind: z.literal('rewind'), ...trialFields, edit: editNumber, step: z.int().min(0), by }).meta({
      description:
        'A trial was taken back to a step: what was measured later is superseded, edits from there on are undone.',
    }),
    z
      .strictObject({
        kind: z.literal('fork'),
        ...trialFields,
        forkId: z.string().meta({ description: 'The new search.' }),
        by,
      })
      .meta({ description: 'A search was made around the params of a trial.' }),
  ])
  .meta({
    id: 'SearchEvent',
    description:
      'The `data` of an event; `event` has its kind, and `id` its place. Later releases may have further kinds: pass over those you do not know.',
    examples: [
      {
        kind: 'measurement',
        searchId: exampleSearch.id,
        at: '2026-11-03T09:30:06.120Z',
        trialId: exampleTrial.id,
        number: 17,
        step: 12,
        metrics: { 'dev.error': 0.031 },
        elapsedMs: 1480,
      },
    ],
  });
export type SearchEventView = z.infer<typeof searchEventSchema>;

export const trialHistorySchema = z
  .strictObject({ items: z.array(z.strictObject({ at: timeSchema, ...transitionFields })) })
  .meta({
    id: 'TrialHistory',
    description: 'The transitions of a trial that are still kept, in order: the newest 1,000 at most.',
    examples: [
      {
        items: [
          { at: exampleTrial.createdAt, attempt: 0, from: null, status: 'queued', reason: null, workerId: null },
          {
            at: exampleTrial.startedAt,
            attempt: 1,
            from: 'queued',
            status: 'running',
            reason: null,
            workerId: 'wrk_01JBQ0QAZ7',
          },
        ],
      },
    ],
  });
export type TrialHistoryView = z.infer<typeof trialHistorySchema>;
