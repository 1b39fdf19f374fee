import { FINAL_TRIAL_STATUSES, trialStatusSchema } from '@caviar/spec';
import { z } from 'zod';
import { timeSchema } from './common.js';
import { exampleParams, exampleTrial } from './examples.js';
import { paramsSchema } from './search.js';
import { trialSchema } from './trial.js';

export const MAX_BATCH = 1000;
export const MAX_GIVEN_TRIALS = 100;
const DEFAULT_LEASE_MS = 60_000;
const MAX_LEASE_MS = 86_400_000;
const MAX_METRICS = 200;
const MAX_STEP = 2 ** 31 - 1;

const exampleToken = 'WzEsInNyY2hfMDFKQlEwUVcyTSIsInRybF8wMUpCUTBSN1k1IiwxXQ';
const leaseTokenSchema = z.string().min(1).max(1000).meta({
  description: 'As `ask` gave it. Opaque; it stands for one attempt of one trial.',
});
const stepSchema = z.int().min(0).max(MAX_STEP);

const metricsInputSchema = z
  .record(z.string().min(1).max(200), z.number().nullable())
  .refine((metrics) => Object.keys(metrics).length <= MAX_METRICS, `must have at most ${MAX_METRICS} metrics`)
  .meta({ description: 'Numbers by name; null for a value that is not finite (JSON has no NaN).' });

const askFields = {
  worker: z.string().min(1).max(200).optional().meta({
    description:
      'A name of the caller’s own. Trials that this name left running come back to it first, under new tokens, and the old ones end: so a crashed program goes on, and two of one name cannot both report. Programs at work at the same time need names of their own, or none.',
  }),
  leaseMs: z.int().min(1_000).max(MAX_LEASE_MS).default(DEFAULT_LEASE_MS).meta({
    description: 'Silence after which a trial is taken away. Measurements and heartbeats begin it anew.',
  }),
  runtime: z
    .record(z.string().min(1).max(100), z.union([z.string().max(200), z.number(), z.boolean()]))
    .refine((runtime) => Object.keys(runtime).length <= 50, 'must have at most 50 entries')
    .optional()
    .meta({ description: 'What the trials run on; kept as their `provenance`.' }),
};

export const askBodySchema = z
  .strictObject({ count: z.int().min(1).max(MAX_BATCH).default(1), ...askFields })
  .meta({ id: 'AskRequest', description: 'Asks for trials to train.', examples: [{ count: 1, worker: 'gpu-7' }] });
export type AskBody = z.input<typeof askBodySchema>;

const handedOutFields = {
  trials: z.array(
    z
      .strictObject({
        id: z.string(),
        number: z.int().min(0),
        params: paramsSchema.meta({ description: 'Those of the spec and those drawn for this trial, together.' }),
        step: stepSchema.meta({ description: 'Steps measured in earlier attempts: go on there if you can.' }),
        leaseToken: leaseTokenSchema,
        leaseExpiresAt: timeSchema,
      })
      .meta({ id: 'HandedOutTrial', description: 'A trial to train.' }),
  ),
  done: z.boolean().meta({
    description:
      'The search has ended; false when nothing was asked for. While it has not and `trials` is empty, ask again after `Retry-After` seconds.',
  }),
};
const exampleHandedOut = {
  trials: [
    {
      id: exampleTrial.id,
      number: 17,
      params: exampleParams,
      step: 0,
      leaseToken: exampleToken,
      leaseExpiresAt: '2026-11-03T09:31:04.120Z',
    },
  ],
  done: false,
};

export const askedSchema = z
  .strictObject(handedOutFields)
  .meta({ id: 'HandedOut', description: 'Trials, each leased to the caller.', examples: [exampleHandedOut] });
export type AskedView = z.infer<typeof askedSchema>;

export const measurementBodySchema = z
  .strictObject({ leaseToken: leaseTokenSchema, step: stepSchema, metrics: metricsInputSchema })
  .meta({
    id: 'MeasurementRequest',
    description: 'Metrics at a step (an epoch, for example). Repeating a step changes nothing.',
    examples: [{ leaseToken: exampleToken, step: 3, metrics: { 'dev.error': 0.08 } }],
  });
export type MeasurementBody = z.input<typeof measurementBodySchema>;

export const heartbeatBodySchema = z.strictObject({ leaseToken: leaseTokenSchema }).meta({
  id: 'HeartbeatRequest',
  description: 'A sign of life.',
  examples: [{ leaseToken: exampleToken }],
});

export const releaseBodySchema = z
  .strictObject({ leaseToken: leaseTokenSchema, reason: z.string().min(1).max(1000).optional() })
  .meta({
    id: 'ReleaseRequest',
    description: 'A trial that its holder will not finish.',
    examples: [{ leaseToken: exampleToken, reason: 'interrupted' }],
  });
export type ReleaseBody = z.input<typeof releaseBodySchema>;

export const decisionSchema = z
  .strictObject({
    decision: z.enum(['continue', 'pause', 'stop']).meta({
      description:
        '`pause`: keep what you need to go on, leave the trial, and ask again; it comes back when it goes on. `stop`: end it, and finish it as `pruned` or `cancelled`.',
    }),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Decision', description: 'How to go on.', examples: [{ decision: 'continue', reason: null }] });
export type DecisionView = z.infer<typeof decisionSchema>;

const finishFields = {
  leaseToken: leaseTokenSchema,
  status: z.enum(FINAL_TRIAL_STATUSES).meta({
    description:
      '`completed`; `infeasible` (it diverged: an outcome); `failed` (the code or the machine: retried `trainer.maxRetries` times); `pruned` or `cancelled` after a `stop`.',
  }),
  metrics: metricsInputSchema.optional().meta({
    description: 'Final ones, with the objective among them; left out: those of the last measurement.',
  }),
  reason: z.string().min(1).max(1000).optional(),
  step: stepSchema.optional().meta({ description: 'The last step; given, `metrics` are its measurement too.' }),
};

export const finishBodySchema = z.strictObject(finishFields).meta({
  id: 'FinishRequest',
  description: 'The end of a trial. Repeating it with the same content changes nothing.',
  examples: [{ leaseToken: exampleToken, status: 'completed', metrics: { 'dev.error': 0.025 } }],
});
export type FinishBody = z.input<typeof finishBodySchema>;

export const tellBodySchema = z
  .strictObject({
    finishes: z.array(z.strictObject({ trialId: z.string().min(1).max(100), ...finishFields })).max(MAX_BATCH),
    ask: z.int().min(0).max(MAX_BATCH).default(0).meta({ description: 'Trials wanted next.' }),
    ...askFields,
  })
  .meta({
    id: 'TellRequest',
    description: 'The ends of many trials, and a request for more, in one.',
    examples: [
      {
        finishes: [
          { trialId: exampleTrial.id, leaseToken: exampleToken, status: 'completed', metrics: { cost: 1.25 } },
        ],
        ask: 1,
      },
    ],
  });
export type TellBody = z.input<typeof tellBodySchema>;

const finishAnswerSchema = z
  .strictObject({
    trialId: z.string(),
    status: trialStatusSchema.nullable().meta({
      description: 'As it is now; null where `problem` says why not. `queued`: it failed, and is tried again.',
    }),
    problem: z
      .strictObject({ code: z.enum(['lease-lost', 'trial-ended', 'trial-not-found']), detail: z.string() })
      .nullable(),
  })
  .meta({ id: 'FinishAnswer', description: 'What became of one finish among many.' });

export const toldSchema = z.strictObject({ finishes: z.array(finishAnswerSchema), ...handedOutFields }).meta({
  id: 'Told',
  description: 'One answer per finish, in their order, and the next trials.',
  examples: [{ finishes: [{ trialId: exampleTrial.id, status: 'completed', problem: null }], ...exampleHandedOut }],
});
export type ToldView = z.infer<typeof toldSchema>;

export const addTrialsBodySchema = z
  .strictObject({
    trials: z
      .array(z.strictObject({ params: paramsSchema }))
      .min(1)
      .max(MAX_GIVEN_TRIALS),
  })
  .meta({
    id: 'AddTrialsRequest',
    description: 'Trials with params of your choice, each a point of the space.',
    examples: [{ trials: [{ params: exampleParams }] }],
  });
export type AddTrialsBody = z.input<typeof addTrialsBodySchema>;

export const addedTrialsSchema = z.strictObject({ items: z.array(trialSchema) }).meta({
  id: 'AddedTrials',
  description: 'The new trials, by number.',
  examples: [{ items: [exampleTrial] }],
});
export type AddedTrialsView = z.infer<typeof addedTrialsSchema>;
