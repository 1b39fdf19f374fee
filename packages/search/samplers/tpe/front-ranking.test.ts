import { stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import type { LearntTrial } from '../../history.js';
import { FrontRanking } from './front-ranking.js';
import type { Observation } from './observation.js';

const at = Float64Array.of(0);
const observation = (number: number, costs: readonly number[], extent: LearntTrial['extent']): Observation => ({
  learnt: { number, params: {}, extent, step: 1, cost: costs[0]!, costs, violation: 0, gap: null },
  at,
});

describe('FrontRanking', () => {
  it.each([2, 3, 4])('of %i objectives remembers no choice that no longer holds', (objectives) => {
    const random = stream(11, 'fronts', objectives);
    const kept = new FrontRanking();
    let present: Observation[] = [];
    for (let number = 0; number < 400; number++) {
      // Costs of few values have ties, and large fronts that change seldom.
      const costs = Array.from({ length: objectives }, () =>
        number % 2 === 0 ? random.below(6) : 6 * random.uniform(),
      );
      const added = observation(number, costs, random.uniform() < 0.2 ? 'partial' : 'complete');
      kept.add(added);
      present.push(added);
      if (random.uniform() < 0.2) {
        const removed = random.choice(present);
        kept.remove(removed);
        present = present.filter((one) => one !== removed);
      }
      // Asked for more and for less, so that what was remembered is too short at times.
      const count = 1 + random.below(25);
      const anew = new FrontRanking();
      if (number % 5 === 0) {
        for (const one of present) anew.add(one);
        expect(kept.best(count)).toEqual(anew.best(count));
      } else kept.best(count);
    }
  });
});
