import type { DatasetInfo } from '../dataset.js';
import type { Params, ParamValue } from '../params.js';
import type { ParamConflict } from '../trainer.js';

/** Values that are legal by themselves and make no sense together. */
interface Rule {
  /** The parameter to correct. */
  readonly name: string;
  /** The others that the rule looks at. */
  readonly others: readonly string[];
  /** What is wrong; null for nothing. Params that are not given are absent: the defaults conflict with nothing. */
  readonly problem: (params: Params) => string | null;
}

const RULES: readonly Rule[] = [
  {
    name: 'hiddenLayers',
    others: ['hiddenUnits'],
    problem: ({ hiddenLayers, hiddenUnits }) => {
      if (hiddenLayers === undefined || !Array.isArray(hiddenUnits) || hiddenUnits.length === hiddenLayers) return null;
      return `is ${hiddenLayers}, but hiddenUnits lists ${hiddenUnits.length} layers; leave it out or make them agree`;
    },
  },
  {
    name: 'keepProb',
    others: ['hiddenLayers', 'hiddenUnits'],
    problem: ({ keepProb, hiddenUnits, hiddenLayers = 1 }) => {
      const layers = Array.isArray(hiddenUnits) ? hiddenUnits.length : hiddenLayers;
      if (!Array.isArray(keepProb) || keepProb.length === layers) return null;
      const there = layers === 1 ? 'is 1 hidden layer' : `are ${layers} hidden layers`;
      return `lists ${keepProb.length} values, but there ${there}`;
    },
  },
  {
    name: 'batchSize',
    others: ['batchNorm'],
    problem: ({ batchSize, batchNorm }) =>
      batchNorm === true && batchSize === 1 ? 'must be at least 2 with batchNorm: one example has no variance' : null,
  },
  {
    name: 'decayRate',
    others: ['lrDecay'],
    problem: ({ decayRate, lrDecay }) => {
      const rises = typeof decayRate === 'number' && decayRate > 1;
      if (!rises || (lrDecay !== 'exponential' && lrDecay !== 'staircase')) return null;
      return `must be at most 1 for the ${lrDecay} decay: above it, the learning rate would rise`;
    },
  },
];

/** See `TrainerDescriptor.conflicts`. */
export function mlpConflicts(params: Params, searched: ReadonlySet<string>): ParamConflict[] {
  return RULES.flatMap(({ name, others, problem }) => {
    if ([name, ...others].some((each) => searched.has(each))) return [];
    const message = problem(params);
    return message === null ? [] : [{ name, message }];
  });
}

/** See `TrainerDescriptor.misfit`. */
export function mlpMisfit(name: string, value: ParamValue, dataset: DatasetInfo): string | null {
  if (value === 'none') return null;
  if (name === 'augmentation' && dataset.image === null) {
    return `must be "none": ${dataset.id} is not a set of pictures`;
  }
  if (name !== 'classWeights') return null;
  if (dataset.task === 'regression') return 'must be "none" for regression: there are no classes';
  if (!Array.isArray(value) || value.length === dataset.classes) return null;
  return `lists ${value.length} values, but there are ${dataset.classes} classes`;
}
