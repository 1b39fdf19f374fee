import type { SchedulerSpec } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { previewSearch } from './preview.js';
import { searchSpec } from './testing/search-spec.js';

const space = { learningRate: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
const preview = (scheduler: SchedulerSpec, maxTrials: number, parallelism = 4) =>
  previewSearch(searchSpec(space, { scheduler, stop: { maxTrials }, parallelism }));
const rungs = { minResource: 1, maxResource: 9, eta: 3 };

describe('the rungs of a preview', () => {
  it('count the trials that train to each step', () => {
    // two cohorts of 9, 3 and 1: 9 * 1 + 3 * 2 + 1 * 6 = 21 epochs each
    expect(preview({ kind: 'successive-halving', ...rungs }, 18)).toMatchObject({
      rungs: [
        { step: 1, trials: 18 },
        { step: 3, trials: 6 },
        { step: 9, trials: 2 },
      ],
      epochs: { total: 42, perTrial: 42 / 18 },
    });
    // brackets s = 2: 9, 3, 1; s = 1: 5 from step 3, 1 to the end; s = 0: 3 to the end
    expect(preview({ kind: 'hyperband', ...rungs }, 17)).toMatchObject({
      rungs: [
        { step: 1, trials: 9 },
        { step: 3, trials: 3 + 5 },
        { step: 9, trials: 1 + 1 + 3 },
      ],
      epochs: { total: 21 + (5 * 3 + 6) + 27 },
    });
  });

  it('scale up for a search that is too long to be played through', () => {
    const long = preview({ kind: 'successive-halving', ...rungs }, 9_000_000);
    expect(long.rungs[0]).toEqual({ step: 1, trials: 9_000_000 });
    expect(long.rungs[2]!.trials / 1_000_000).toBeCloseTo(1, 1);
    expect(long.epochs!.total! / 21_000_000).toBeCloseTo(1, 1);
  });

  it('leave out a sum of steps that no number holds exactly', () => {
    const most = 2 ** 31 - 1;
    const long = preview({ kind: 'asha', minResource: most, maxResource: most, eta: 3 }, 10_000_000);
    expect(long.epochs).toEqual({ perTrial: most, total: null });
  });

  it('count what copies of trials train from where they begin', () => {
    const pbt = { kind: 'pbt', population: 4, interval: 3, quantile: 0.25, factors: [2], resample: 0 } as const;
    // generations at steps 3 and 6: a copy each, and every place of the population trains 9 steps
    expect(preview({ ...pbt, maxResource: 9 }, 6)).toMatchObject({
      rungs: [
        { step: 3, trials: 4 },
        { step: 6, trials: 4 },
        { step: 9, trials: 4 },
      ],
      epochs: { total: 36 },
    });
  });

  it('are left out where there are none, or they depend on the curves', () => {
    expect(preview({ kind: 'fifo' }, 5)).toMatchObject({ rungs: [], epochs: { perTrial: 10, total: 50 } });
    expect(preview({ kind: 'median', startup: 5, warmup: 1, maxResource: 10 }, 5).rungs).toEqual([]);
  });
});
