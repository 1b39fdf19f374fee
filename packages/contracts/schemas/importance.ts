import { z } from 'zod';
import { exampleSearch } from './examples.js';

const shareFields = {
  share: z
    .number()
    .min(0)
    .max(1)
    .meta({ description: 'Share of the variance of the objective; the mean over the trees.' }),
  spread: z.number().min(0).meta({ description: 'Standard deviation of the share over the trees.' }),
};

export const searchImportanceSchema = z
  .strictObject({
    searchId: z.string(),
    version: z.int().min(0).meta({ description: 'Version of the leaderboard that this was worked out from.' }),
    trials: z
      .int()
      .min(0)
      .meta({ description: 'Completed trials that the answer rests on: a sample of 1,000 at most.' }),
    trees: z.int().min(1),
    fit: z.number().max(1).meta({
      description:
        'How well the forest predicts trials it has not seen: 1 is exactly, 0 (or less) not at all, and then the shares mean nothing.',
    }),
    parameters: z.array(z.strictObject({ name: z.string(), ...shareFields })).meta({
      description: 'Every parameter of the space, the largest share first.',
    }),
    pairs: z.array(z.strictObject({ names: z.array(z.string()).length(2), ...shareFields })).meta({
      description: 'What two parameters do only together: the ten strongest, the largest first.',
    }),
    rest: z.number().min(0).max(1).meta({ description: 'What is left: weaker pairs, and three or more together.' }),
  })
  .meta({
    id: 'SearchImportance',
    description: 'What the objective depends on: its variance over the space, divided among the parameters (fANOVA).',
    examples: [
      {
        searchId: exampleSearch.id,
        version: 113,
        trials: 31,
        trees: 32,
        fit: 0.71,
        parameters: [
          { name: 'learningRate', share: 0.62, spread: 0.11 },
          { name: 'optimizer', share: 0.15, spread: 0.08 },
          { name: 'hiddenUnits', share: 0.05, spread: 0.04 },
          { name: 'keepProb', share: 0.02, spread: 0.02 },
          { name: 'beta2', share: 0.01, spread: 0.01 },
        ],
        pairs: [{ names: ['learningRate', 'optimizer'], share: 0.09, spread: 0.05 }],
        rest: 0.06,
      },
    ],
  });
export type SearchImportanceView = z.infer<typeof searchImportanceSchema>;
