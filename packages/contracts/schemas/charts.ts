import { FINAL_TRIAL_STATUSES, paramValueSchema, TRIAL_STATUSES, trialStatusSchema } from '@caviar/spec';
import { z } from 'zod';
import { timeSchema } from './common.js';
import { exampleSearch, exampleTrial } from './examples.js';
import { listFrom, numberFrom, objectiveQuery, wholeNumber } from './parameters.js';
import { searchSchema } from './search.js';
import { trialSchema } from './trial.js';

const count = z.int().min(0);
const version = count.meta({ description: 'Version of the leaderboard that it shows.' });
const finite = z.number().nullable();
const front = z.int().min(1).nullable();

const MAX_OFFSET = 10_000_000;
const MAX_POINTS = 5_000;
export const MAX_CURVES = 50;

/** A column by which trials are sorted and filtered: a field of the trial, `params.NAME`, or `metrics.NAME`. */
const column = z
  .string()
  .max(220)
  .regex(/^(number|value|step|durationMs|startedAt|params\..+|metrics\..+)$/, {
    message: 'must be number, value, step, durationMs, startedAt, params.NAME or metrics.NAME',
  });

/** With several objectives also the order of the board, front by front. */
const sortColumn = z.union([z.literal('front'), column], {
  error: 'must be front, number, value, step, durationMs, startedAt, params.NAME or metrics.NAME',
});

const bound = z.number();
const filterSchema = z
  .record(
    column,
    z.union([
      z.strictObject({ min: bound.optional(), max: bound.optional() }),
      z.strictObject({ in: z.array(paramValueSchema).min(1).max(100) }),
    ]),
  )
  .refine((filter) => Object.keys(filter).length <= 20, 'must have at most 20 columns');
export type TableFilter = z.infer<typeof filterSchema>;

function jsonFrom(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // left for the schema to refuse
  }
}

export const tableQuerySchema = z.strictObject({
  sort: sortColumn.default('value').meta({
    description:
      '`value` is the order of the leaderboard; with several objectives that is `front`, and `value` the order by the first of them.',
  }),
  order: z.enum(['asc', 'desc']).default('asc').meta({ description: 'For `value`, `asc` is best first.' }),
  status: listFrom(trialStatusSchema, TRIAL_STATUSES.length)
    .optional()
    .meta({ description: 'Statuses to show, separated by commas; all if left out.' }),
  filter: z.preprocess(jsonFrom, filterSchema.optional()).meta({
    description:
      'JSON: columns to the range or the values that they must have, such as `{"params.learningRate":{"min":0.001,"max":0.1},"params.optimizer":{"in":["adam"]}}`.',
  }),
  offset: z.preprocess(numberFrom, wholeNumber(0, MAX_OFFSET).default(0)),
  limit: z.preprocess(numberFrom, wholeNumber(1, 200).default(50)),
});

export const trialTableSchema = z
  .strictObject({
    version,
    total: count.meta({ description: 'Trials that pass the filter.' }),
    offset: count,
    items: z.array(trialSchema),
    fronts: z.array(front).optional().meta({
      description:
        'With several objectives: the front that each of the items belongs to, from 1; null without an outcome.',
    }),
  })
  .meta({
    id: 'TrialTable',
    description: 'A window of the trials of a search, sorted and filtered.',
    examples: [{ version: 131, total: 1, offset: 0, items: [exampleTrial] }],
  });
export type TrialTableView = z.infer<typeof trialTableSchema>;

const metricNames = listFrom(z.string().min(1).max(200), 20);

export const pointsQuerySchema = z.strictObject({
  limit: z.preprocess(numberFrom, wholeNumber(2, MAX_POINTS).default(2_000)).meta({ description: 'Trials at most.' }),
  metrics: metricNames.optional().meta({ description: 'Metrics of the last step to add, separated by commas.' }),
});

const columnOf = <Item extends z.ZodType>(item: Item) => z.array(item);

export const trialPointsSchema = z
  .strictObject({
    version,
    total: count.meta({ description: 'Trials of the search; where there are more than `number` has, it is a sample.' }),
    id: columnOf(z.string()),
    number: columnOf(count),
    status: columnOf(trialStatusSchema),
    value: columnOf(finite),
    step: columnOf(count),
    round: columnOf(count.nullable()),
    durationMs: columnOf(finite),
    params: z.record(z.string(), columnOf(paramValueSchema.nullable())),
    metrics: z.record(z.string(), columnOf(finite)),
    front: columnOf(front).optional().meta({
      description:
        'With several objectives: the front that a trial belongs to, from 1 (the Pareto front); null without an outcome.',
    }),
  })
  .meta({
    id: 'TrialPoints',
    description:
      'Trials as columns, by number, to be drawn: all, or a sample that is even over the numbers and has the best in it.',
    examples: [
      {
        version: 131,
        total: 1,
        id: [exampleTrial.id],
        number: [exampleTrial.number],
        status: [exampleTrial.status],
        value: [exampleTrial.value],
        step: [exampleTrial.step],
        round: [0],
        durationMs: [exampleTrial.durationMs],
        params: { learningRate: [0.0012] },
        metrics: { 'train.error': [0.004] },
      },
    ],
  });
export type TrialPointsView = z.infer<typeof trialPointsSchema>;

export const bestSoFarQuerySchema = z.strictObject({
  objective: objectiveQuery,
  maxPoints: z.preprocess(numberFrom, wholeNumber(2, 2_000).default(200)),
});

export const bestSoFarSchema = z
  .strictObject({
    version,
    total: count.meta({ description: 'Trials made.' }),
    items: z.array(
      z.strictObject({ trialId: z.string(), number: count, value: z.number(), endedAt: timeSchema.nullable() }),
    ),
  })
  .meta({
    id: 'BestSoFar',
    description: 'Trials that were better than every one of a lower number; thinned to `maxPoints`, the best kept.',
    examples: [
      {
        version: 131,
        total: 40,
        items: [{ trialId: exampleTrial.id, number: 17, value: 0.028, endedAt: exampleTrial.endedAt }],
      },
    ],
  });
export type BestSoFarView = z.infer<typeof bestSoFarSchema>;

export const curvesQuerySchema = z.strictObject({
  numbers: listFrom(z.preprocess(numberFrom, wholeNumber(0, MAX_OFFSET)), MAX_CURVES)
    .optional()
    .meta({ description: `Numbers of the trials, separated by commas, ${MAX_CURVES} at most.` }),
  best: z
    .preprocess(numberFrom, wholeNumber(0, MAX_CURVES).default(10))
    .meta({ description: 'Without `numbers`: that many of the best.' }),
  metrics: metricNames.optional().meta({ description: 'Metrics to give, separated by commas; all if left out.' }),
  maxPoints: z.preprocess(numberFrom, wholeNumber(2, 1_000).default(200)).meta({ description: 'Points per curve.' }),
  beta: z
    .preprocess(numberFrom, z.number('must be a number from 0 to below 1').min(0).lt(1).optional())
    .meta({ description: 'Smooths: bias-corrected averages over about 1 / (1 - beta) steps (section 2.2).' }),
});

export const trialCurvesSchema = z
  .strictObject({
    version,
    items: z.array(
      z.strictObject({
        trialId: z.string(),
        number: count,
        status: trialStatusSchema,
        value: finite,
        steps: z.array(count),
        metrics: z.record(z.string(), columnOf(finite)),
      }),
    ),
  })
  .meta({
    id: 'TrialCurves',
    description: 'Learning curves of several trials as columns, in the order asked for.',
    examples: [
      {
        version: 131,
        items: [
          {
            trialId: exampleTrial.id,
            number: 17,
            status: 'completed',
            value: 0.028,
            steps: [1, 2],
            metrics: { 'dev.error': [0.11, 0.08] },
          },
        ],
      },
    ],
  });
export type TrialCurvesView = z.infer<typeof trialCurvesSchema>;

export const searchRungsSchema = z
  .strictObject({
    version,
    items: z.array(
      z.strictObject({
        step: count,
        arrived: count.meta({ description: 'Trials that have come to this step.' }),
        wentOn: count.meta({ description: 'Of those, trials that were let go on from it.' }),
        stopped: count.meta({ description: 'Of those, trials that were pruned at it.' }),
        waiting: count,
        best: finite,
        quartiles: z.tuple([finite, finite, finite]),
      }),
    ),
  })
  .meta({
    id: 'SearchRungs',
    description: 'What a scheduler made of the trials at each step at which it compared them.',
    examples: [
      {
        version: 131,
        items: [{ step: 1, arrived: 27, wentOn: 9, stopped: 16, waiting: 2, best: 0.11, quartiles: [0.2, 0.34, 0.8] }],
      },
    ],
  });
export type SearchRungsView = z.infer<typeof searchRungsSchema>;

export const timelineQuerySchema = z.strictObject({
  limit: z.preprocess(numberFrom, wholeNumber(1, MAX_POINTS).default(2_000)).meta({ description: 'Newest stretches.' }),
});

export const searchTimelineSchema = z
  .strictObject({
    version,
    items: z.array(
      z.strictObject({
        workerId: z.string().nullable(),
        trialId: z.string(),
        number: count,
        attempt: count,
        from: timeSchema,
        to: timeSchema.nullable().meta({ description: 'Null while it runs.' }),
        status: z.enum(['running', 'queued', 'paused', ...FINAL_TRIAL_STATUSES]).meta({
          description: 'What the trial became at the end of the stretch.',
        }),
      }),
    ),
  })
  .meta({
    id: 'SearchTimeline',
    description: 'Stretches in which a worker trained a trial, by their begin; the newest, as far as events are kept.',
    examples: [
      {
        version: 131,
        items: [
          {
            workerId: 'wrk_01JBQ0QAZ7',
            trialId: exampleTrial.id,
            number: 17,
            attempt: 1,
            from: exampleTrial.startedAt,
            to: exampleTrial.endedAt,
            status: 'completed',
          },
        ],
      },
    ],
  });
export type SearchTimelineView = z.infer<typeof searchTimelineSchema>;

export const changeSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('ready') })
      .meta({ description: 'What changes from now on is told; lists that are read after it miss nothing.' }),
    z
      .strictObject({ kind: z.literal('search'), search: searchSchema })
      .meta({ description: 'A search, as it is now.' }),
    z.strictObject({ kind: z.literal('gone'), searchId: z.string() }).meta({ description: 'A search was deleted.' }),
    z.strictObject({ kind: z.literal('workers') }).meta({ description: 'A worker came, went, or took other trials.' }),
  ])
  .meta({
    id: 'Change',
    description: 'The `data` of an event of the changes.',
    examples: [{ kind: 'gone', searchId: exampleSearch.id }],
  });
export type ChangeView = z.infer<typeof changeSchema>;
