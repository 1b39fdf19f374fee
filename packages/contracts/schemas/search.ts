import {
  objectiveSchema,
  parallelismSchema,
  paramValueSchema,
  searchNameSchema,
  searchStatusSchema,
  seedSchema,
  spaceSchema,
  stopSchema,
  TRIAL_STATUSES,
  type TrialStatus,
  trialStatusSchema,
} from '@caviar/spec';
import { z } from 'zod';
import { durationMsSchema, metricsSchema, pageSchema, timeSchema } from './common.js';
import { exampleParams, exampleProgress, exampleSearch, exampleTrial } from './examples.js';
import { searchSpecSchema } from './spec-names.js';

const count = z.int().min(0);

export const paramsSchema = z.record(z.string(), paramValueSchema).meta({
  id: 'Params',
  description: 'Hyperparameters by name; inactive conditional ones are absent.',
  examples: [exampleParams],
});

const countsByStatus = Object.fromEntries(TRIAL_STATUSES.map((status) => [status, count])) as Record<
  TrialStatus,
  typeof count
>;

export const progressSchema = z
  .strictObject({
    total: count.meta({ description: 'Trials planned while the search can go on; trials made once it has ended.' }),
    ...countsByStatus,
    paused: count.meta({
      description: 'Those that wait: for their search, their scheduler, or a person. They keep the search open.',
    }),
  })
  .meta({ id: 'Progress', description: 'Number of trials per status.', examples: [exampleProgress] });

const roundSchema = z
  .strictObject({
    index: count.meta({ description: 'From 0.' }),
    firstNumber: count,
    endNumber: count.meta({ description: 'Trials `firstNumber` to `endNumber - 1` belong to the round.' }),
    region: spaceSchema,
    reason: z.string(),
  })
  .meta({
    id: 'Round',
    description: 'A decided round of a coarse-to-fine plan: what its trials are drawn from, and why.',
    examples: [exampleSearch.rounds[0]],
  });

const editedNote = 'Whether params were changed by hand while it ran: then `params` are those it was proposed with.';

const bestTrialSchema = z
  .strictObject({
    trialId: z.string(),
    number: count,
    value: z.number(),
    params: paramsSchema,
    edited: z.boolean().meta({ description: editedNote }),
  })
  .meta({ id: 'BestTrial', description: 'The trial in the first place.', examples: [exampleSearch.best] });

export const notesSchema = z.string().max(10_000);

export const searchSchema = z
  .strictObject({
    id: z.string(),
    name: searchNameSchema,
    notes: notesSchema.nullable(),
    status: searchStatusSchema,
    reason: z.string().nullable().meta({ description: 'Why it ended; null while it has not.' }),
    spec: searchSpecSchema,
    spaceVersion: z.int().min(1).meta({ description: 'Version of the space in `spec`; a PATCH of it makes the next.' }),
    seed: seedSchema,
    createdAt: timeSchema,
    startedAt: timeSchema,
    endedAt: timeSchema.nullable(),
    progress: progressSchema,
    round: z
      .strictObject({ index: count, of: z.int().min(1) })
      .nullable()
      .meta({ description: 'The present round (from 0) of how many; null for samplers without rounds.' }),
    rounds: z.array(roundSchema).meta({ description: 'Rounds decided so far.' }),
    best: bestTrialSchema.nullable(),
  })
  .meta({ id: 'Search', description: 'A search and how far it is.', examples: [exampleSearch] });
export type SearchView = z.infer<typeof searchSchema>;

export const searchPageSchema = pageSchema(searchSchema, 'SearchPage');
export type SearchPageView = z.infer<typeof searchPageSchema>;

export const searchPatchSchema = z
  .strictObject({
    name: searchNameSchema.optional(),
    notes: notesSchema.nullable().optional(),
    parallelism: parallelismSchema.optional(),
    stop: stopSchema.optional(),
    space: spaceSchema.optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), {
    message: 'must change at least one of name, notes, parallelism, stop, space',
    when: ({ issues }) => issues.length === 0,
  })
  .meta({
    id: 'SearchPatch',
    description:
      '`stop` and `space` replace the whole of what was there; a new space holds for trials to come. Where `parallelism` is lowered, trials that run go on, and queued ones wait until fewer run than it says.',
    examples: [{ notes: 'second try, wider', stop: { maxTrials: 80 } }],
  });
export type SearchPatchBody = z.input<typeof searchPatchSchema>;

const leaderboardEntrySchema = z
  .strictObject({
    rank: z.int().min(1),
    trialId: z.string(),
    number: count,
    value: z.number().nullable(),
    params: paramsSchema,
    edited: z.boolean().meta({ description: editedNote }),
    status: trialStatusSchema,
    step: count,
    metrics: metricsSchema,
    durationMs: durationMsSchema.nullable(),
  })
  .meta({ id: 'LeaderboardEntry', description: 'A trial and its place.' });

export const leaderboardSchema = z
  .strictObject({
    searchId: z.string(),
    objective: objectiveSchema,
    objectives: z
      .array(objectiveSchema)
      .readonly()
      .optional()
      .meta({ description: 'All of several; `rank` is then that of the front a trial belongs to, from 1.' }),
    version: count.meta({ description: 'Grows with every change of the board or the progress.' }),
    progress: progressSchema,
    entries: z.array(leaderboardEntrySchema),
    nextCursor: z.string().nullable(),
  })
  .meta({
    id: 'Leaderboard',
    description:
      'Trials by value, best first, then by number; a value that is not finite ranks last. A pruned trial ranks by what it had come to when it was stopped: `status` and `step` tell. With several objectives: the Pareto front, then the front of the rest, and so on.',
    examples: [
      {
        searchId: exampleSearch.id,
        objective: exampleSearch.spec.objective,
        version: 131,
        progress: exampleProgress,
        entries: [
          {
            rank: 1,
            trialId: exampleTrial.id,
            number: exampleTrial.number,
            value: exampleTrial.value,
            params: exampleParams,
            edited: false,
            status: exampleTrial.status,
            step: exampleTrial.step,
            metrics: exampleTrial.metrics,
            durationMs: exampleTrial.durationMs,
          },
        ],
        nextCursor: null,
      },
    ],
  });
export type LeaderboardView = z.infer<typeof leaderboardSchema>;
export type LeaderboardEntryView = LeaderboardView['entries'][number];
