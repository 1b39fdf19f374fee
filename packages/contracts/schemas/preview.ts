import { paramValueSchema, scaleSchema } from '@caviar/spec';
import { z } from 'zod';
import { exampleSearch } from './examples.js';
import { searchSpecSchema } from './spec-names.js';

const count = z.int().min(0);

const histogramSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('bins'),
      scale: scaleSchema,
      edges: z.array(z.number()).meta({ description: 'Bin i reaches from `edges[i]` to `edges[i + 1]`.' }),
      counts: z.array(count),
    }),
    z.strictObject({ kind: z.literal('values'), values: z.array(paramValueSchema), counts: z.array(count) }),
  ])
  .meta({
    id: 'Histogram',
    description: 'How many draws fell into each bin (even on the scale of the parameter), or had each value.',
    examples: [{ kind: 'values', values: ['momentum', 'rmsprop', 'adam'], counts: [331, 340, 329] }],
  });

export const searchPreviewSchema = z
  .strictObject({
    spec: searchSpecSchema,
    plan: z.strictObject({
      sampler: z.strictObject({ kind: z.string(), reason: z.string().nullable() }).meta({
        description: 'What proposes the trials; `reason` is why `auto` picked it, and null where the spec names it.',
      }),
      trials: count.nullable().meta({ description: 'Null when no number of trials ends the search.' }),
      rounds: z
        .array(z.strictObject({ index: count, firstNumber: count, endNumber: count }))
        .meta({ description: 'Rounds of a coarse-to-fine plan, by trial numbers; empty for other samplers.' }),
      rungs: z.array(z.strictObject({ step: count, trials: count })).meta({
        description:
          'How many trials train at least to which step; empty for schedulers without rungs, about where results decide.',
      }),
      configurations: count
        .nullable()
        .meta({ description: 'Distinct configurations of the space; null when endless.' }),
      epochs: count.nullable().meta({
        description: 'Epochs of all trials together, about; null where unknown, or where the trainer has none.',
      }),
      epochsPerTrial: z.number().min(0).nullable(),
    }),
    draws: count.meta({ description: 'Number of draws that the histograms show.' }),
    parameters: z.array(
      z.strictObject({
        name: z.string(),
        activeShare: z.number().min(0).max(1).meta({
          description: 'Share of the draws that have the parameter: 1 unless it is conditional.',
        }),
        histogram: histogramSchema,
      }),
    ),
  })
  .meta({
    id: 'SearchPreview',
    description: 'What a search would do, before anything runs or is stored.',
    examples: [
      {
        spec: exampleSearch.spec,
        plan: {
          sampler: { kind: 'coarse-to-fine', reason: null },
          trials: 40,
          rounds: [
            { index: 0, firstNumber: 0, endNumber: 14 },
            { index: 1, firstNumber: 14, endNumber: 27 },
            { index: 2, firstNumber: 27, endNumber: 40 },
          ],
          rungs: [],
          configurations: null,
          epochs: 800,
          epochsPerTrial: 20,
        },
        draws: 1000,
        parameters: [
          {
            name: 'optimizer',
            activeShare: 1,
            histogram: { kind: 'values', values: ['momentum', 'rmsprop', 'adam'], counts: [331, 340, 329] },
          },
        ],
      },
    ],
  });
export type SearchPreviewView = z.infer<typeof searchPreviewSchema>;
