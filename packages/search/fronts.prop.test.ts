import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToFronts, bestOfFronts, type FrontMember, type Fronts, frontOf, removeFromFronts } from './fronts.js';
import { comparePlaces, isAhead, placesAmong } from './standings.js';

const standing = fc.record({
  tier: fc.integer({ min: 0, max: 2 }),
  costs: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
});
const members = fc
  .array(standing, { maxLength: 40 })
  .map((all) => all.map((one, number): FrontMember => ({ ...one, number })));

const numbersIn = (fronts: Fronts<FrontMember>) =>
  fronts.map((front) => front.map(({ number }) => number).sort((a, b) => a - b));

/** The fronts by the definition: those whom nobody left is ahead of, again and again. */
function peeled(all: readonly FrontMember[]): number[][] {
  const fronts: number[][] = [];
  for (let left = [...all]; left.length > 0; ) {
    const front = left.filter((one) => !left.some((other) => isAhead(other, one)));
    fronts.push(front.map(({ number }) => number));
    left = left.filter((one) => !front.includes(one));
  }
  return fronts;
}

describe('fronts that are kept up to date', () => {
  it('are those of all trials at once, in whatever order they come and whoever goes', () => {
    fc.assert(
      fc.property(members, fc.integer(), (all, order) => {
        const fronts: Fronts<FrontMember> = [];
        const shuffled = [...all].sort((a, b) => ((a.number * 7919 + order) % 31) - ((b.number * 7919 + order) % 31));
        for (const member of shuffled) addToFronts(fronts, member);
        expect(numbersIn(fronts)).toEqual(peeled(all));
        const left = all.filter(({ number }) => number % 3 !== 0);
        for (const { number } of all) if (number % 3 === 0) removeFromFronts(fronts, number);
        expect(numbersIn(fronts)).toEqual(peeled(left));
        for (const member of left) expect(fronts[frontOf(fronts, member)]).toContain(member);
      }),
    );
  });

  it('give the best as places among all do', () => {
    fc.assert(
      fc.property(members, fc.nat(40), (all, count) => {
        const fronts: Fronts<FrontMember> = [];
        for (const member of all) addToFronts(fronts, member);
        const places = placesAmong(all).map((place, number) => ({ ...place, number }));
        const best = [...places].sort(comparePlaces).slice(0, count);
        expect(bestOfFronts(fronts, count).map(({ number }) => number)).toEqual(best.map(({ number }) => number));
      }),
    );
  });
});
