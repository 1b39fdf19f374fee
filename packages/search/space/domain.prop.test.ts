import { type Domain, domainSchema } from '@caviar/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitDomain } from './domain.js';
import { zoomDomain } from './zoom.js';

const positive = fc.oneof(
  fc.double({ min: 5e-324, max: 1e-300, noNaN: true }),
  fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
  fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
  fc.constantFrom(5e-324, 1e-300, 1e-4, 0.1, 1, 10, 1e300),
);
const anyNumber = fc.oneof(
  positive,
  positive.map((x) => -x),
  fc.constantFrom(0, -0),
);
const belowOne = fc.oneof(
  positive.map((x) => 1 - x).filter((x) => x < 1),
  fc.constantFrom(0.9, 0.99, 0.999, 1 - 1e-12, 1 - Number.EPSILON / 2, 0, -1e300),
);

function float(scale: string, bound: fc.Arbitrary<number>): fc.Arbitrary<Domain> {
  const range = fc
    .tuple(bound, fc.oneof(bound, fc.constant(null)))
    .map(([a, b]) => (b === null ? [a, a] : [a, b].sort((x, y) => x - y)));
  return fc
    .tuple(
      range,
      fc.option(fc.oneof(fc.double({ min: 1e-9, max: 1, noNaN: true }), fc.constantFrom(1, 0.5, 0.1, 0.05, 1 / 3))),
    )
    .map(([[min, max], part]) => {
      // a part of the width as step, rounded to a decimal number half of the time
      const step = part === null ? undefined : part * (max! - min!);
      return { kind: 'float', min, max, scale, ...(step === undefined ? {} : { step: Number(step.toPrecision(3)) }) };
    })
    .filter(isLegal)
    .map((domain) => domainSchema.parse(domain));
}

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -50, max: 50 }),
  fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER),
);

const int = fc
  .tuple(
    integer,
    integer,
    fc.constantFrom('linear', 'log'),
    fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
  )
  .map(([a, b, scale, step]) => ({
    kind: 'int',
    min: Math.min(a, b),
    max: Math.max(a, b),
    scale,
    ...(step === undefined ? {} : { step }),
  }))
  .filter(isLegal)
  .map((domain) => domainSchema.parse(domain));

const categorical = fc
  .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minLength: 1, maxLength: 6 })
  .map((choices): Domain => ({ kind: 'categorical', choices }));

function isLegal(domain: unknown): boolean {
  return domainSchema.safeParse(domain).success;
}

/** Bounds as extreme as a spec allows: subnormal, 1e-300 to 1e300, equal, neighbouring doubles, ints up to 2^53. */
function arbitraryDomain(): fc.Arbitrary<Domain> {
  return fc.oneof(float('linear', anyNumber), float('log', positive), float('oneMinusLog', belowOne), int, categorical);
}

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

describe('zoomDomain', () => {
  it('stays within the domain and on its grid, holds the best value, and is a legal domain, whatever the bounds', () => {
    const unitInterval = fc.double({ min: 0, max: 1, noNaN: true });
    const positions = fc.array(unitInterval, { minLength: 1, maxLength: 5 });
    const shrinks = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(
        arbitraryDomain(),
        positions,
        fc.array(shrinks, { minLength: 1, maxLength: 4 }),
        (given, us, rounds) => {
          const { fromUnit, contains } = unitDomain(given);
          const top = us.map(fromUnit);
          let region = given;
          for (const shrink of rounds) {
            region = zoomDomain({ domain: given, region, top, factor: shrink });
            expect(domainSchema.safeParse(region).success).toBe(true);
            if (region.kind === 'categorical') {
              expect(region.choices).toContain(top[0]);
              expect(region.choices.every(contains)).toBe(true);
            } else {
              expect(region.min).toBeLessThanOrEqual(Number(top[0]));
              expect(region.max).toBeGreaterThanOrEqual(Number(top[0]));
              expect([contains(region.min), contains(region.max)]).toEqual([true, true]);
            }
          }
        },
      ),
      { numRuns: 1500, seed: 5 },
    );
  });
});
