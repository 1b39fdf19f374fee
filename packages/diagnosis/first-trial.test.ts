import type { Domain } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { firstTrial } from './first-trial.js';

const keepProb: Domain = { kind: 'float', min: 0.1, max: 0.9, scale: 'linear', step: 0.1 };

const begin = (best: number, domain = keepProb) =>
  firstTrial({ space: { keepProb: domain }, best: { keepProb: best }, fixed: {}, params: {}, maxTrials: 20 });

describe('the first trial of the next search', () => {
  // (0.3 - 0.1) / 0.1 is 1.9999999999999998, and 0.7 in steps of 0.1 from 0.1 is 0.7.
  it.each([0.1, 0.2, 0.3, 0.6, 0.7, 0.9])('is the best one so far where it is on a step: %d', (best) => {
    expect(begin(best)).toEqual({ keepProb: best });
  });

  it('is none where the best one lies between two steps', () => {
    expect(begin(0.65)).toBeNull();
    expect(begin(0.1 + 0.2)).toBeNull();
  });

  it('takes any number of a range without steps, and the nearer end for one outside', () => {
    const { step: _, ...anyNumber } = keepProb;
    expect(begin(0.65, anyNumber)).toEqual({ keepProb: 0.65 });
    expect(begin(0.95, anyNumber)).toEqual({ keepProb: 0.9 });
  });
});
