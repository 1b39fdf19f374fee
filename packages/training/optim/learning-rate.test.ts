import { describe, expect, it } from 'vitest';
import { type LearningRateSchedule, learningRateAt } from './learning-rate.js';

const rates = (schedule: Partial<LearningRateSchedule>, epochs: readonly number[]): number[] =>
  epochs.map((epoch) => {
    const full = { learningRate: 0.2, lrDecay: 'none', decayRate: null, decaySteps: 10, ...schedule } as const;
    return learningRateAt(full, epoch);
  });

const close = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, x] of actual.entries()) expect(x).toBeCloseTo(expected[i]!, 12);
};

describe('learningRateAt', () => {
  it("inverseTime: the course's example, alpha0 0.2, rate 1", () => {
    close(rates({ lrDecay: 'inverseTime' }, [1, 2, 3, 4]), [0.1, 0.2 / 3, 0.05, 0.04]);
    close(rates({ lrDecay: 'inverseTime', decayRate: 0.5 }, [2]), [0.1]);
  });

  it('exponential: 0.95^epoch', () => {
    close(rates({ lrDecay: 'exponential' }, [1, 2, 3]), [0.19, 0.1805, 0.171475]);
    close(rates({ lrDecay: 'exponential', decayRate: 0.5 }, [10]), [0.2 / 1024]);
  });

  it('inverseSqrt: k / sqrt(epoch)', () => {
    close(rates({ lrDecay: 'inverseSqrt', decayRate: 0.5 }, [1, 4, 25]), [0.1, 0.05, 0.02]);
  });

  it('staircase: one stair down after every decaySteps epochs', () => {
    close(rates({ lrDecay: 'staircase', decaySteps: 2 }, [1, 2, 3, 4, 5]), [0.2, 0.2, 0.1, 0.1, 0.05]);
  });

  it('none stays', () => {
    close(rates({}, [1, 1000]), [0.2, 0.2]);
  });
});
