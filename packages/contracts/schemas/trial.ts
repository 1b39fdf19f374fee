import { trialStatusSchema } from '@caviar/spec';
import { z } from 'zod';
import { durationMsSchema, metricsSchema, pageSchema, timeSchema } from './common.js';
import { exampleTrial } from './examples.js';
import { paramsSchema } from './search.js';

const count = z.int().min(0);

export const trialSchema = z
  .strictObject({
    id: z.string(),
    searchId: z.string(),
    number: count.meta({ description: 'From 0, without gaps, per search.' }),
    status: trialStatusSchema,
    params: paramsSchema.meta({ description: 'As proposed; see `editedFrom`.' }),
    editedFrom: count.nullable().meta({
      description:
        'Step after which params were first changed by hand; null where all of it was trained as proposed. `GET /v1/trials/{id}/edits` has the changes.',
    }),
    value: z.number().nullable().meta({ description: 'Value of the objective; null while there is none.' }),
    step: count.meta({ description: 'Steps measured so far.' }),
    metrics: metricsSchema.meta({ description: 'Metrics of the last step.' }),
    proposal: z.string().meta({ description: 'Why it was proposed.' }),
    basis: z
      .strictObject({
        sampler: z.string(),
        trials: z.array(count).readonly().meta({ description: 'Trials it leaned on most, the best first.' }),
        score: z.strictObject({ name: z.string(), value: z.number() }).optional(),
      })
      .nullable()
      .meta({ description: 'What the proposal rests on; null for draws that rest on nothing but the space.' }),
    reason: z.string().nullable().meta({ description: 'Why it ended or is paused.' }),
    attempts: count.meta({ description: 'Times it was started.' }),
    workerId: z.string().nullable(),
    provenance: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .nullable()
      .meta({ description: 'What the last attempt ran on, as its worker says; kept when the worker is gone.' }),
    round: count.nullable().meta({ description: 'Its round of a coarse-to-fine plan, from 0.' }),
    createdAt: timeSchema,
    startedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
    durationMs: durationMsSchema.nullable(),
  })
  .meta({ id: 'Trial', description: 'One set of hyperparameters and what came of it.', examples: [exampleTrial] });
export type TrialView = z.infer<typeof trialSchema>;

export const trialPageSchema = pageSchema(trialSchema, 'TrialPage');
export type TrialPageView = z.infer<typeof trialPageSchema>;

const measurementSchema = z
  .strictObject({
    step: z.int().min(0),
    metrics: metricsSchema,
    elapsedMs: durationMsSchema,
    timing: z
      .strictObject({
        seconds: z.number().min(0).meta({ description: 'Wall-clock time, evaluation counted in.' }),
        samplesPerSecond: z.number().min(0).nullable().meta({ description: 'Training examples a second.' }),
      })
      .optional()
      .meta({ description: 'The pace of the step; there when the trainer told it. Not reproducible.' }),
    smoothed: metricsSchema.optional().meta({
      description: 'Bias-corrected exponentially weighted averages; there when `beta` was given.',
    }),
  })
  .meta({
    id: 'Measurement',
    description: 'Metrics at one step.',
    examples: [
      {
        step: 3,
        metrics: { 'dev.error': 0.08 },
        elapsedMs: 410,
        timing: { seconds: 0.13, samplesPerSecond: 8292 },
        smoothed: { 'dev.error': 0.11 },
      },
    ],
  });

export const measurementsSchema = z
  .strictObject({ items: z.array(measurementSchema) })
  .meta({ id: 'Measurements', description: 'A learning curve, by step.' });
export type MeasurementsView = z.infer<typeof measurementsSchema>;
