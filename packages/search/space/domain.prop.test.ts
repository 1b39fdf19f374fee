import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryDomain } from '../testing/arbitrary-domain.js';
import { unitDomain } from './domain.js';

const unitInterval = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 2 ** -53, 0.5, 1 - 2 ** -53, 1),
);

describe('unitDomain', () => {
  it('gives values of the domain, whatever its bounds', () => {
    fc.assert(
      fc.property(arbitraryDomain(), unitInterval, (domain, u) => {
        const value = unitDomain(domain).fromUnit(u);
        expect(unitDomain(domain).contains(value)).toBe(true);
        if (domain.kind === 'categorical') return;
        expect(value).toBeGreaterThanOrEqual(domain.min);
        expect(value).toBeLessThanOrEqual(domain.max);
        if (domain.kind === 'int') expect(Number.isSafeInteger(value)).toBe(true);
        expect(Object.is(value, -0)).toBe(false);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('comes back to a value that it gave, exactly where there is a step', () => {
    fc.assert(
      fc.property(arbitraryDomain(), unitInterval, (domain, u) => {
        const unit = unitDomain(domain);
        const value = unit.fromUnit(u);
        const back = unit.toUnit(value);
        expect(back).toBeGreaterThanOrEqual(0);
        expect(back).toBeLessThanOrEqual(1);
        const [low, high] = unit.cell(value);
        expect(low).toBeLessThanOrEqual(back);
        expect(high).toBeGreaterThanOrEqual(back);
        if (Number.isFinite(unit.count) && unit.count < 1e6) expect(unit.fromUnit(back)).toEqual(value);
      }),
      { numRuns: 2000, seed: 2 },
    );
  });

  it('is increasing', () => {
    fc.assert(
      fc.property(arbitraryDomain(), unitInterval, unitInterval, (domain, u, v) => {
        if (domain.kind === 'categorical') return;
        const { fromUnit } = unitDomain(domain);
        expect(fromUnit(Math.min(u, v))).toBeLessThanOrEqual(Number(fromUnit(Math.max(u, v))));
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('spreads distinct, ascending values of the domain, its ends among them', () => {
    fc.assert(
      fc.property(arbitraryDomain(), fc.integer({ min: 2, max: 12 }), (domain, levels) => {
        if (domain.kind === 'categorical') return;
        const unit = unitDomain(domain);
        const values = unit.spread(levels).map(Number);
        expect(values.length).toBeLessThanOrEqual(levels);
        expect(values.every((value) => unit.contains(value))).toBe(true);
        expect(values.slice(1).every((value, i) => value > values[i]!)).toBe(true);
        expect([values[0], values.at(-1)]).toEqual([unit.fromUnit(0), unit.fromUnit(1)]);
      }),
      { numRuns: 1000, seed: 4 },
    );
  });
});
