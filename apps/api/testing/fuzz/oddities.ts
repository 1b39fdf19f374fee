import fc from 'fast-check';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Texts that something on the way may trip over: encodings, other notations, other programs' grammars. */
export const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udc00y',
    '\ufeff',
    '\u202e\u2066',
    'é'.normalize('NFD'),
    '👨‍👩‍👧‍👦',
    'NaN',
    'Infinity',
    '-0',
    '1e400',
    'null',
    '__proto__',
    'constructor',
    'toString',
    "'; DROP TABLE trials; --",
    '{{7*7}}',
    '../../etc/passwd',
    'a\r\nX-Injected: 1',
    '=1+1',
    'x'.repeat(300),
    'ü'.repeat(5_000),
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

export const oddNumber = fc.oneof(
  fc.constantFrom(0, -0, -1, 1.5, 1e300, -1e300, 5e-324, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e21, 0.1 + 0.2),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const deep = fc.nat(100).map((depth): Json => {
  let value: Json = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
});

/** Values that are wrong in ways that are easily forgotten. */
export const oddValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, [], {}, [[]], [null], { length: 1e9 }, { toJSON: 1 }, { kind: 'float' }),
  oddText,
  oddNumber,
  deep,
  fc.array(oddNumber as fc.Arbitrary<Json>, { maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }) as fc.Arbitrary<Json>,
);
