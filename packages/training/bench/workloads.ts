import { stream } from '@caviar/numerics';
import type { Dataset, Params } from '@caviar/spec';
import type { TrainingJob } from '../job.js';

/** A network and what it is trained on. The products pass over what relu leaves at zero: labels of noise would soon turn every unit off. */
export interface Workload {
  readonly name: string;
  readonly description: string;
  readonly job: () => Promise<TrainingJob>;
}

interface WorkloadOptions {
  readonly description: string;
  readonly hiddenUnits: readonly number[];
  readonly dataset: () => Promise<Dataset>;
  readonly params: Params;
}

/** Imported when it is needed: what reads data sets takes memory, and `startup.js` measures the engine's. */
const pictures = async () => (await import('@caviar/datasets')).loadDataset('fashion-mnist');

export const WORKLOADS: readonly Workload[] = [
  workload('W1', {
    description: '784-256-128-10, batch 128',
    hiddenUnits: [256, 128],
    dataset: pictures,
    params: { batchSize: 128 },
  }),
  workload('W2', {
    description: '784-512-512-10, batch 256, batch norm, dropout',
    hiddenUnits: [512, 512],
    dataset: pictures,
    params: { batchSize: 256, batchNorm: true, keepProb: 0.8 },
  }),
  workload('W3', {
    description: '30-32-16-1, batch 32',
    hiddenUnits: [32, 16],
    dataset: () => noise(4180, 30),
    params: { batchSize: 32 },
  }),
  workload('W4', {
    description: '20-64-1, batch 16',
    hiddenUnits: [64],
    dataset: () => noise(4180, 20),
    params: { batchSize: 16 },
  }),
];

function workload(name: string, { description, hiddenUnits, dataset, params }: WorkloadOptions): Workload {
  return {
    name,
    description,
    job: async () => ({
      trainer: {
        kind: 'mlp',
        dataset: name,
        split: { train: 0.98, dev: 0.02, test: 0 },
        params: {},
        maxRetries: 0,
      },
      params: { hiddenUnits, optimizer: 'adam', epochs: 100_000, ...params },
      searchSeed: 1,
      trialNumber: 0,
      dataset: await dataset(),
    }),
  };
}

/** Labels that say nothing, so that small networks do not become certain of all of them: gradients would be too small for float32. */
const MISLABELLED = 0.2;

/** Standard normal features of two classes: mostly, on which side of a plane a row lies. */
async function noise(rows: number, features: number): Promise<Dataset> {
  const random = stream(1, 'noise');
  const normal = Float32Array.from({ length: features }, () => random.normal());
  const values = Float32Array.from({ length: rows * features }, () => random.normal());
  const targets = Int32Array.from({ length: rows }, (_, row) => {
    if (random.uniform() < MISLABELLED) return random.below(2);
    const along = normal.reduce((sum, x, i) => sum + x * values[row * features + i]!, 0);
    return along > 0 ? 1 : 0;
  });
  return {
    info: {
      id: 'noise',
      name: 'noise',
      description: '',
      task: 'classification',
      rows,
      features,
      classes: 2,
      classNames: null,
      image: null,
      checksum: '',
      source: '',
      licence: '',
      builtIn: false,
    },
    features: values,
    targets,
  };
}
