import { z } from 'zod';
import { metricsSchema, timeSchema } from './common.js';

export const testEvaluationSchema = z
  .strictObject({
    searchId: z.string(),
    trialId: z.string(),
    number: z.int().min(0).meta({ description: 'Of the trial.' }),
    rows: z.int().min(1).meta({ description: 'Rows of the test set.' }),
    metrics: metricsSchema.meta({ description: '`test.loss` and `test.error` (regression: `test.rmse`).' }),
    evaluatedAt: timeSchema,
  })
  .meta({
    id: 'TestEvaluation',
    description: 'What the sealed test set said of the winner.',
    examples: [
      {
        searchId: 'srch_4bHk2mPqXz',
        trialId: 'trl_8fQw3nLsYd',
        number: 17,
        rows: 180,
        metrics: { 'test.error': 0.0278, 'test.loss': 0.103 },
        evaluatedAt: '2026-11-23T12:00:00.000Z',
      },
    ],
  });
export type TestEvaluationView = z.infer<typeof testEvaluationSchema>;
