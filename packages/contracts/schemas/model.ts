import { z } from 'zod';

export const modelQuerySchema = z.strictObject({
  format: z.enum(['safetensors', 'onnx']).default('safetensors').meta({ description: 'Default: safetensors.' }),
});

const cellSchema = z.union(
  [z.number(), z.string().max(10_000), z.boolean(), z.null()],
  'must be a number, a text or null',
);

export const predictRequestSchema = z
  .strictObject({
    rows: z
      .array(
        z.union(
          [z.array(cellSchema).max(20_000), z.record(z.string(), cellSchema)],
          'must be a list of values, or values by column',
        ),
      )
      .min(1)
      .max(100)
      .meta({
        description: 'Values in the order of the columns of features, or by name of the column; null is missing.',
      }),
  })
  .meta({
    id: 'PredictRequest',
    description: 'A few rows to ask a network about.',
    examples: [{ rows: [[39, 'Private', 13], { age: 50, workclass: null, 'education-num': 9 }] }],
  });
export type PredictBody = z.input<typeof predictRequestSchema>;

export const predictionsSchema = z
  .strictObject({
    trialId: z.string(),
    predictions: z.array(
      z.union([
        z.strictObject({ label: z.string(), probabilities: z.record(z.string(), z.number().min(0).max(1)) }),
        z.strictObject({ value: z.number() }),
      ]),
    ),
  })
  .meta({
    id: 'Predictions',
    description: 'What a network says of each row: a class with the probabilities of all, or a value.',
    examples: [
      { trialId: 'trl_01JBQ0R7Y5', predictions: [{ label: '<=50K', probabilities: { '<=50K': 0.93, '>50K': 0.07 } }] },
    ],
  });
export type PredictionsView = z.infer<typeof predictionsSchema>;
