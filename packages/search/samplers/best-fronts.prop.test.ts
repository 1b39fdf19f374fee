import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparePlaces, placesAmong } from '../standings.js';
import { BestFronts, type Contender } from './best-fronts.js';

/** All ranked anew, in the order in which they came first. */
function naively(all: ReadonlyMap<number, Contender>, count: number) {
  const members = [...all.values()];
  const places = placesAmong(members);
  return members
    .map((one, i) => ({ ...one, ...places[i]! }))
    .sort(comparePlaces)
    .slice(0, count);
}

const cost = fc.integer({ min: 0, max: 6 });
const step = fc.record({
  number: fc.nat(60),
  tier: fc.constantFrom(0, 0, 0, 1.5, 3),
  costs: fc.tuple(cost, cost),
  goes: fc.boolean(),
  asks: fc.boolean(),
});

test('the best are those of ranking all of them, whoever comes, comes again and goes', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(1, 2),
      (steps, count, m) => {
        const fronts = new BestFronts<Contender>(count);
        const all = new Map<number, Contender>();
        for (const { number, tier, costs, goes, asks } of steps) {
          if (goes && number % 4 === 0) {
            fronts.delete(number);
            all.delete(number);
          } else {
            const one = { number, tier, costs: costs.slice(0, m) };
            fronts.set(one);
            all.set(number, one);
          }
          if (asks) expect(fronts.best()).toEqual(naively(all, count));
        }
        expect(fronts.best()).toEqual(naively(all, count));
      },
    ),
    { numRuns: 400 },
  );
});
