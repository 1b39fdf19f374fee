import { z } from 'zod';
import { parameterNameSchema, paramValueSchema } from './params.js';
import { seedSchema, splitSchema } from './search-spec.js';

/** Parameters times parameters times examples: a check makes two passes over the network for each of its parameters. */
export const MAX_GRADIENT_CHECK_WORK = 3e9;

/** What network to check, on what data (seed 1.9). */
export const gradientCheckRequestSchema = z.strictObject({
  dataset: z.string().min(1).max(200),
  params: z.record(parameterNameSchema, paramValueSchema).default({}),
  split: splitSchema.optional(),
  seed: seedSchema.default(0),
  /** The check is made at the random initialisation, and again after so many epochs of training; 0 = not again. */
  epochs: z.int().min(0).max(100).default(2),
  /** Training examples that the loss is computed on. */
  examples: z.int().min(1).max(256).default(16),
});
export type GradientCheckRequest = z.infer<typeof gradientCheckRequestSchema>;

/** The notes' grades: `great` near 1e-7, `okay` near 1e-5 (double check), `wrong` above. */
export const gradientVerdictSchema = z.enum(['great', 'okay', 'wrong']);

const comparison = {
  /** ||approx - grad|| / (||approx|| + ||grad||). */
  relativeError: z.number(),
  verdict: gradientVerdictSchema,
};

const singleCheckSchema = z.object({
  ...comparison,
  /** Epochs of training before this check. */
  epochs: z.int(),
  examples: z.int(),
  epsilon: z.number(),
  layers: z.array(
    z.object({
      ...comparison,
      /** From 1; the last is the output layer. */
      layer: z.int(),
      part: z.enum(['weights', 'bias', 'gamma', 'beta']),
      count: z.int(),
      /** Parameters left out because the loss has no derivative there (a relu at exactly 0). */
      kinks: z.int(),
    }),
  ),
});

/** The result: the worst verdict of its checks, and each check. */
export const gradientCheckReportSchema = z.object({
  verdict: gradientVerdictSchema,
  parameters: z.int(),
  checks: z.array(singleCheckSchema),
});
export type GradientCheckReport = z.infer<typeof gradientCheckReportSchema>;
