import type { Dataset, Params } from '@caviar/spec';
import { startTraining } from '../../start-training.js';
import { TUNING_SPACE, type TuningTask } from './tasks.js';

/** What params come to; null when the loss did not stay finite. Each configuration is trained once, from the same first weights. */
export function trainerOf({ metric, epochs }: TuningTask, dataset: Dataset): (params: Params) => number | null {
  const known = new Map<string, number | null>();
  const names = Object.keys(TUNING_SPACE);
  return (params) => {
    const key = JSON.stringify(names.map((name) => params[name] ?? null));
    const value = known.get(key);
    if (value !== undefined) return value;
    const trained = train(params);
    known.set(key, trained);
    return trained;
  };

  function train(params: Params): number | null {
    const run = startTraining({
      trainer: {
        kind: 'mlp',
        dataset: dataset.info.id,
        split: { train: 0.7, dev: 0.3, test: 0 },
        params: {},
        maxRetries: 0,
      },
      params: { epochs, ...params },
      searchSeed: 1,
      trialNumber: 0,
      dataset,
    });
    let last: number | null = null;
    for (;;) {
      const step = run.next();
      if (step.kind === 'end') return step.status === 'completed' ? last : null;
      last = step.metrics[metric] ?? null;
    }
  }
}
