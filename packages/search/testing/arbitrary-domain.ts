import { type Domain, domainSchema } from '@caviar/spec';
import fc from 'fast-check';

/** Bounds as extreme as a spec allows: subnormal, 1e-300 to 1e300, equal, neighbouring doubles, ints up to 2^53. */
export function arbitraryDomain(): fc.Arbitrary<Domain> {
  return fc.oneof(float('linear', anyNumber), float('log', positive), float('oneMinusLog', belowOne), int, categorical);
}

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
