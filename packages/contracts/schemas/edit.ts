import {
  EDIT_STATES,
  MAX_PARAMETERS,
  parallelismSchema,
  parameterNameSchema,
  paramValueSchema,
  samplerSpecSchema,
  schedulerSpecSchema,
  searchNameSchema,
  seedSchema,
  stopSchema,
} from '@caviar/spec';
import { z } from 'zod';
import { timeSchema } from './common.js';
import { paramsSchema } from './search.js';

const exampleEdit = {
  number: 1,
  kind: 'params',
  state: 'applied',
  step: 12,
  params: { learningRate: 0.0005 },
  previous: { learningRate: 0.0031 },
  by: 'nightly runs',
  reason: null,
  requestedAt: '2026-11-03T09:30:04.000Z',
  settledAt: '2026-11-03T09:30:04.210Z',
} as const;

export const editParamsBodySchema = z
  .record(parameterNameSchema, paramValueSchema)
  .refine((params) => Object.keys(params).length > 0, 'must change at least one parameter')
  .refine((params) => Object.keys(params).length <= MAX_PARAMETERS, `must have at most ${MAX_PARAMETERS} parameters`)
  .meta({
    id: 'ParamChange',
    description: 'New values by name; what is not named stays as it is. `GET /v1/trainers` says what is `changeable`.',
    examples: [{ learningRate: 0.0005 }],
  });

export const rewindBodySchema = z
  .strictObject({
    step: z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
  })
  .meta({ id: 'Rewind', description: 'A step that was measured, or 0 for the beginning.', examples: [{ step: 12 }] });

export const forkBodySchema = z
  .strictObject({
    name: searchNameSchema.optional(),
    stop: stopSchema.optional().meta({ description: 'Default: 20 trials.' }),
    sampler: samplerSpecSchema.optional(),
    scheduler: schedulerSpecSchema.optional(),
    parallelism: parallelismSchema.optional(),
    seed: seedSchema
      .optional()
      .meta({ description: 'Default: that of the search, and with it the same split of the data.' }),
    width: z.number().gt(0).max(1).optional().meta({
      description: 'Width of the new ranges relative to those of the search, each on its own scale. Default: 0.25.',
    }),
  })
  .optional()
  .meta({ id: 'Fork', description: 'What the new search has of its own.', examples: [{ stop: { maxTrials: 30 } }] });

export type ForkBody = z.input<typeof forkBodySchema>;

export const trialEditSchema = z
  .strictObject({
    number: z.int().min(1).meta({ description: 'From 1, in the order in which they were asked for.' }),
    kind: z.enum(['params', 'rewind']),
    state: z.enum(EDIT_STATES).meta({
      description:
        '`pending`: it waits for the next step; `refused`: the trainer would not have it; `undone`: a later rewind took it back; `missed`: the trial ended first.',
    }),
    step: z.int().min(0).nullable().meta({
      description:
        'Of a change the step after which it holds, once it does; of a rewind the step that the trial went back to.',
    }),
    params: paramsSchema.meta({ description: 'The new values; empty for a rewind.' }),
    previous: paramsSchema.meta({ description: 'What held before, of the same names.' }),
    by: z.string().meta({ description: 'Name of the API key.' }),
    reason: z.string().nullable().meta({ description: 'Why it was refused, or what took it back.' }),
    requestedAt: timeSchema,
    settledAt: timeSchema.nullable().meta({ description: 'When it was applied or refused.' }),
  })
  .meta({ id: 'TrialEdit', description: 'Something that a person did to a trial.', examples: [exampleEdit] });
export type TrialEditView = z.infer<typeof trialEditSchema>;

export const trialEditsSchema = z.strictObject({ items: z.array(trialEditSchema) }).meta({
  id: 'TrialEdits',
  description: 'All that people did to a trial, in order.',
  examples: [{ items: [exampleEdit] }],
});
export type TrialEditsView = z.infer<typeof trialEditsSchema>;
