import type { gradientCheckReportSchema, gradientCheckRequestSchema } from '@caviar/spec';
import { z } from 'zod';
import { exampleSpec } from './examples.js';
import { numberFrom } from './parameters.js';

export const diagnosisQuerySchema = z.strictObject({
  bayesError: z.preprocess(numberFrom, z.number().min(0).max(1e9).default(0)).meta({
    description:
      'The best error that anyone could have, a share (for regression a root mean squared error); 0 unless it is known.',
  }),
});

const estimateSchema = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .meta({ description: 'A figure and its 95 % interval.' });

const sourceRowsSchema = z.array(z.strictObject({ name: z.string(), rows: z.number().min(0) }));
const partSourcesSchema = z
  .strictObject({ train: sourceRowsSchema, dev: sourceRowsSchema, test: sourceRowsSchema, mismatched: z.boolean() })
  .meta({
    description: 'About how many rows of every source each part has, and whether dev and test have other sources.',
  });

const diagnosisFields = {
  searchId: z.string(),
  trialId: z.string(),
  verdict: z.enum(['high-bias-and-variance', 'high-bias', 'high-variance', 'low-bias-and-variance']),
  summary: z.string(),
  bayesError: z.number(),
  trainError: estimateSchema,
  devError: estimateSchema,
  avoidableBias: estimateSchema,
  variance: estimateSchema,
  curve: z.strictObject({ plateauSince: z.int().nullable(), stillFalling: z.boolean() }),
  sources: partSourcesSchema.nullable(),
  recipe: z.array(z.strictObject({ kind: z.string(), advice: z.string(), section: z.string() })),
};

export const trialDiagnosisSchema = z
  .strictObject(diagnosisFields)
  .meta({ id: 'TrialDiagnosis', description: 'Bias, variance, and the next steps of the basic recipe.', examples: [] });

export type TrialDiagnosisView = z.infer<typeof trialDiagnosisSchema>;

export const searchDiagnosisSchema = z
  .strictObject({
    ...diagnosisFields,
    nextSearch: z
      .record(z.string(), z.unknown())
      .meta({ description: 'A spec that can be posted as it is.', examples: [exampleSpec] }),
    changes: z.array(z.string()).meta({ description: 'What is different in it, and why.' }),
  })
  .meta({
    id: 'SearchDiagnosis',
    description: 'The diagnosis of the best trial, and the search to make next.',
    examples: [],
  });

export type SearchDiagnosisView = z.infer<typeof searchDiagnosisSchema>;

export type GradientCheckBody = z.input<typeof gradientCheckRequestSchema>;
export type GradientCheckView = z.infer<typeof gradientCheckReportSchema>;
export { gradientCheckReportSchema, gradientCheckRequestSchema } from '@caviar/spec';
