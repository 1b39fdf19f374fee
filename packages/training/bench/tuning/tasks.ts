import { readFileSync } from 'node:fs';
import { datasetFromCsv, loadDataset } from '@caviar/datasets';
import { type Dataset, type SearchSpace, spaceSchema } from '@caviar/spec';

/** A learning problem whose hyperparameters are searched. */
export interface TuningTask {
  readonly name: string;
  readonly metric: 'dev.loss' | 'dev.rmse';
  readonly epochs: number;
  readonly load: (folder: URL) => Promise<Dataset>;
}

export const TUNING_TASKS: readonly TuningTask[] = [
  { name: 'digits', metric: 'dev.loss', epochs: 6, load: () => loadDataset('digits') },
  { name: 'breast-cancer', metric: 'dev.loss', epochs: 10, load: () => loadDataset('breast-cancer-wisconsin') },
  { name: 'red-wine', metric: 'dev.rmse', epochs: 6, load: async (folder) => redWine(folder) },
];

/** What is searched on all of them: ranges on three scales, steps, choices, and a parameter that two optimisers alone have. */
export const TUNING_SPACE: SearchSpace = spaceSchema.parse({
  learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
  optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
  beta2: {
    kind: 'float',
    min: 0.9,
    max: 0.9999,
    scale: 'oneMinusLog',
    when: { optimizer: ['rmsprop', 'adam'] },
  },
  hiddenLayers: { kind: 'int', min: 1, max: 3 },
  hiddenUnits: { kind: 'int', min: 8, max: 64, scale: 'log' },
  activation: { kind: 'categorical', choices: ['relu', 'tanh'] },
  batchSize: { kind: 'categorical', choices: [16, 32, 64, 128] },
  keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
  l2: { kind: 'float', min: 1e-6, max: 0.1, scale: 'log' },
});

function redWine(folder: URL): Dataset {
  const text = readFileSync(new URL('wine-quality/winequality-red.csv', folder), 'utf8');
  const label = {
    id: 'red-wine',
    name: 'red-wine',
    description: '',
    task: 'regression',
    checksum: '',
    source: '',
    licence: '',
    builtIn: false,
  } as const;
  return datasetFromCsv(text, label, { delimiter: ';' });
}
