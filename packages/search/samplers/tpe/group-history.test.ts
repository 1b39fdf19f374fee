import { stream, streamKey } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { compareLearnt, type LearntTrial } from '../../history.js';
import { GroupHistory } from './group-history.js';
import type { Observation } from './observation.js';
import { ValueRanking } from './ranking.js';

const at = Float64Array.of(0);
const observation = (number: number, cost: number, extent: LearntTrial['extent'] = 'complete'): Observation => ({
  learnt: { number, params: {}, extent, step: 1, cost, costs: [cost], violation: 0, gap: null },
  at,
});

describe('GroupHistory', () => {
  it('knows the best as a sorted list of all records does, whatever is replaced or taken back', () => {
    const random = stream(9, 'records');
    const history = new GroupHistory(streamKey(1), new ValueRanking());
    const naive = new Map<number, Observation | null>();
    for (let i = 0; i < 3000; i++) {
      const number = random.below(400);
      const extent = random.uniform() < 0.1 ? 'useless' : random.uniform() < 0.3 ? 'partial' : 'complete';
      const record = random.uniform() < 0.1 ? null : observation(number, random.below(50), extent);
      history.set(number, record);
      naive.set(number, record);
      if (i % 10 !== 0) continue;
      const sorted = [...naive.values()]
        .flatMap((one) => (one === null || one.learnt.extent === 'useless' ? [] : [one]))
        .sort((a, b) => compareLearnt(a.learnt, b.learnt));
      expect(history.finite).toBe(sorted.length);
      expect(history.best(25)).toEqual(sorted.slice(0, 25));
    }
  });

  it('gives all the others while they are few, each for itself', () => {
    const history = new GroupHistory(streamKey(1), new ValueRanking());
    for (let number = 0; number < 100; number++) history.set(number, observation(number, number));
    const others = history.others(history.best(15));
    expect(others).toHaveLength(85);
    expect(others.every(({ weight }) => weight === 1)).toBe(true);
  });

  it('lets a bounded number stand for all when they are many, whatever their order', () => {
    const forwards = new GroupHistory(streamKey(1), new ValueRanking());
    const shuffled = new GroupHistory(streamKey(1), new ValueRanking());
    const records = Array.from({ length: 5000 }, (_, number) => observation(number, number));
    for (const record of records) forwards.set(record.learnt.number, record);
    for (const i of stream(2, 'order').permutation(5000)) shuffled.set(i, records[i]!);
    const others = forwards.others(forwards.best(25));
    expect(others.length).toBeLessThanOrEqual(256);
    expect(others.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(4975, 6);
    expect(shuffled.best(25)).toEqual(forwards.best(25));
    expect(
      shuffled
        .others(shuffled.best(25))
        .map(({ weight }) => weight)
        .sort(),
    ).toEqual(others.map(({ weight }) => weight).sort());
  });
});
