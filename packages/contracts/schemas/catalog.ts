import { paramValueSchema } from '@caviar/spec';
import { z } from 'zod';
import { pageSchema, timeSchema } from './common.js';
import { exampleTrial } from './examples.js';

const count = z.int().min(0);

const trainerParameterSchema = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['float', 'int', 'boolean', 'choice', 'list']).meta({
      description: '`list` takes several entries, which `list` describes.',
    }),
    default: paramValueSchema,
    min: z.number().optional(),
    max: z.number().optional(),
    exclusiveMin: z.boolean().optional().meta({ description: 'True: `min` itself is refused.' }),
    exclusiveMax: z.boolean().optional().meta({ description: 'True: `max` itself is refused.' }),
    choices: z.array(z.string()).optional().meta({ description: 'Words it takes.' }),
    list: z
      .strictObject({
        of: z.enum(['float', 'int', 'choice']),
        choices: z.array(z.string()).optional().meta({ description: 'What an entry may be, where entries are words.' }),
        minLength: count,
        maxLength: count,
        orOne: z.boolean().meta({ description: 'Whether one entry may stand there without a list.' }),
      })
      .optional()
      .meta({ description: 'Of the kind `list`; its numbers lie between `min` and `max`.' }),
    description: z.string(),
    changeable: z.literal(true).optional().meta({ description: 'May be changed by hand while a trial runs.' }),
    section: z.string().optional().meta({ description: 'Section of the course notes.' }),
  })
  .meta({ id: 'TrainerParameter', description: 'A hyperparameter that a trainer understands.' });

const trainerMetricSchema = z
  .strictObject({ name: z.string(), direction: z.enum(['minimize', 'maximize']), description: z.string() })
  .meta({ id: 'TrainerMetric', description: 'A metric that a trainer reports.' });

export const trainerSchema = z
  .strictObject({
    kind: z.string(),
    description: z.string(),
    needsDataset: z.boolean(),
    parameters: z.array(trainerParameterSchema),
    metrics: z.array(trainerMetricSchema),
    isOpen: z.boolean().meta({ description: 'Whether it takes parameters and reports metrics that are not listed.' }),
    defaultObjective: z
      .strictObject({ classification: z.string().nullable(), regression: z.string().nullable() })
      .meta({
        description: 'Metric that a search optimises when its spec names none, by task of the data set; null: it must.',
      }),
  })
  .meta({
    id: 'Trainer',
    description: 'A kind of trainer: what it can be told and what it reports.',
    examples: [
      {
        kind: 'quadratic',
        description: 'Minimises a quadratic by gradient descent.',
        needsDataset: false,
        parameters: [
          {
            name: 'steps',
            kind: 'int',
            default: 1000,
            min: 1,
            max: 10_000_000,
            description: 'Gradient steps.',
            section: '3.6',
          },
        ],
        metrics: [{ name: 'cost', direction: 'minimize', description: 'The cost at the present w.' }],
        isOpen: false,
        defaultObjective: { classification: 'cost', regression: 'cost' },
      },
    ],
  });
export type TrainerView = z.infer<typeof trainerSchema>;

export const trainerPageSchema = pageSchema(trainerSchema, 'TrainerPage');
export type TrainerPageView = z.infer<typeof trainerPageSchema>;

export const workerSchema = z
  .strictObject({
    id: z.string(),
    host: z.string(),
    pid: count,
    status: z
      .enum(['active', 'lost', 'stopped'])
      .meta({ description: '`lost`: not heard of for longer than a lease lasts.' }),
    concurrency: count.meta({ description: 'Trials it trains at the same time.' }),
    runtime: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    startedAt: timeSchema,
    lastSeenAt: timeSchema,
    quarantine: z.strictObject({ reason: z.string(), until: timeSchema }).nullable().meta({
      description: 'Its machine gets no trials until then, since those it had failed or were lost; null for none.',
    }),
    trials: z.array(z.strictObject({ trialId: z.string(), searchId: z.string(), number: count, step: count })),
  })
  .meta({
    id: 'Worker',
    description: 'A worker process and the trials it is training.',
    examples: [
      {
        id: 'wrk_01JBQ0PPZK',
        host: 'gpu-7',
        pid: 4711,
        status: 'active',
        concurrency: 1,
        runtime: exampleTrial.provenance,
        startedAt: '2026-11-03T09:29:58.000Z',
        lastSeenAt: '2026-11-03T09:30:10.000Z',
        quarantine: null,
        trials: [{ trialId: 'trl_01JBQ0R7Y5', searchId: 'srch_01JBQ0QW2M', number: 17, step: 4 }],
      },
    ],
  });
export type WorkerView = z.infer<typeof workerSchema>;

export const workerPageSchema = pageSchema(workerSchema, 'WorkerPage');
export type WorkerPageView = z.infer<typeof workerPageSchema>;
