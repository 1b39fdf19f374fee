import { stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { compareLearnt } from '../../history.js';
import { chooseTrials, type ModelledTrial } from './choose-trials.js';

function trialsOf(n: number): ModelledTrial[] {
  const random = stream(2, 'trials');
  return Array.from({ length: n }, (_, number) => ({
    number,
    params: {},
    extent: 'complete' as const,
    step: 1,
    cost: random.uniform(),
    costs: [],
    violation: 0,
    gap: null,
    features: Float64Array.of(random.uniform(), random.uniform()),
  }));
}

const choose = (trials: readonly ModelledTrial[], limit: number) => {
  const ranked = [...trials.keys()].sort((a, b) => compareLearnt(trials[a]!, trials[b]!));
  return chooseTrials(trials, ranked, limit);
};

describe('chooseTrials', () => {
  it('takes all where there is room', () => {
    expect(choose(trialsOf(5), 5)).toEqual([0, 1, 2, 3, 4]);
    expect(choose([], 5)).toEqual([]);
  });

  it('takes the best third, the latest third, and as many as there is room for', () => {
    const trials = trialsOf(400);
    const chosen = choose(trials, 90);
    expect(chosen).toHaveLength(90);
    expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
    for (let i = 370; i < 400; i++) expect(chosen).toContain(i);
    const best = [...trials].sort((a, b) => a.cost - b.cost).slice(0, 30);
    for (const { number } of best) expect(chosen).toContain(number);
  });

  it('fills the space with the others: the one far away is among them', () => {
    const trials = trialsOf(200).map((trial) =>
      trial.number === 77 ? { ...trial, cost: 5, features: Float64Array.of(9, 9) } : trial,
    );
    expect(choose(trials, 30)).toContain(77);
    // The largest gap that is left is smaller than what the best and the latest alone would leave.
    const gapOf = (chosen: readonly number[]) =>
      Math.max(
        ...trials.map(({ features: [x, y] }) =>
          Math.min(...chosen.map((i) => Math.hypot(trials[i]!.features[0]! - x!, trials[i]!.features[1]! - y!))),
        ),
      );
    expect(gapOf(choose(trials, 60))).toBeLessThan(gapOf([...trials.keys()].slice(140)));
  });
});
