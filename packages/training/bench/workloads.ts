import { stream } from '@caviar/numerics';
import type { Dataset, Params } from '@caviar/spec';
import type { TrainingJob } from '../job.js';

/** A network and a data set of noise: what is measured is speed alone. */
export interface Workload {
  readonly name: string;
  readonly description: string;
  readonly job: TrainingJob;
}

export const WORKLOADS: readonly Workload[] = [
  workload('W1', { sizes: [784, 256, 128, 10], rows: 10_000, params: { batchSize: 128 } }),
  workload('W2', {
    sizes: [784, 512, 512, 10],
    rows: 10_000,
    params: { batchSize: 256, batchNorm: true, keepProb: 0.8 },
  }),
  workload('W3', { sizes: [30, 32, 16, 2], rows: 4096, params: { batchSize: 32 } }),
  workload('W4', { sizes: [20, 64, 2], rows: 4096, params: { batchSize: 16 } }),
];

function workload(
  name: string,
  { sizes, rows, params }: { readonly sizes: readonly number[]; readonly rows: number; readonly params: Params },
): Workload {
  const hiddenUnits = sizes.slice(1, -1);
  return {
    name,
    description: `${sizes.join('-')}, batch ${params['batchSize']}, ${JSON.stringify(params)}`,
    job: {
      trainer: { kind: 'mlp', dataset: 'noise', split: { train: 0.98, dev: 0.02, test: 0 }, params: {}, maxRetries: 0 },
      params: { hiddenUnits, optimizer: 'adam', epochs: 100_000, normalizeInputs: false, ...params },
      searchSeed: 1,
      trialNumber: 0,
      dataset: noise(Math.round(rows / 0.98), sizes[0]!, sizes.at(-1)!),
    },
  };
}

function noise(rows: number, features: number, classes: number): Dataset {
  const random = stream(1, 'noise');
  return {
    info: {
      id: 'noise',
      name: 'noise',
      description: '',
      task: 'classification',
      rows,
      features,
      classes,
      classNames: null,
      image: null,
      checksum: '',
      source: '',
      licence: '',
      builtIn: false,
    },
    features: Float32Array.from({ length: rows * features }, () => random.uniform()),
    targets: Int32Array.from({ length: rows }, () => random.below(classes)),
  };
}
