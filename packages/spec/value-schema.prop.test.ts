import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { issueMessage } from './issue-message.js';
import { TRAINERS } from './trainers/registry.js';
import { array, boolean, int, nullable, number, oneOf, tuple, union, type ValueSchema } from './value-schema.js';

// Zod is the oracle, with the error map that every parse has here: the same values, the same first message.
const BOUNDS = { min: -2, max: 40 };
const OPEN = { min: -2, exclusiveMin: true, max: 40, exclusiveMax: true };
const zodOf = { closed: z.number().min(-2).max(40), open: z.number().gt(-2).lt(40) };

const PAIRS: Readonly<Record<string, readonly [ValueSchema, z.ZodType]>> = {
  number: [number(BOUNDS), zodOf.closed],
  'a number between': [number(OPEN), zodOf.open],
  'any number': [number({}), z.number()],
  int: [int(BOUNDS), z.int().min(-2).max(40)],
  'an int between': [int(OPEN), z.int().gt(-2).lt(40)],
  boolean: [boolean(), z.boolean()],
  oneOf: [oneOf(['a', 'b']), z.enum(['a', 'b'])],
  nullable: [nullable(number(BOUNDS)), zodOf.closed.nullable()],
  union: [
    union([int({}), oneOf(['a'])], 'must be this or that'),
    z.union([z.int(), z.enum(['a'])], 'must be this or that'),
  ],
  array: [array(number(BOUNDS), { min: 2, max: 3 }), z.array(zodOf.closed).min(2).max(3)],
  'a union with a list': [
    union([number(BOUNDS), array(number(BOUNDS), { max: 3 })], 'must be one or a list'),
    z.union([zodOf.closed, z.array(zodOf.closed).max(3)], 'must be one or a list'),
  ],
  'a union of lists': [
    union([oneOf(['a']), array(oneOf(['a', 'b']), { min: 1, max: 3 })], 'must be words'),
    z.union(
      [
        z.enum(['a']),
        z
          .array(z.enum(['a', 'b']))
          .min(1)
          .max(3),
      ],
      'must be words',
    ),
  ],
  tuple: [tuple([number(OPEN), int(BOUNDS)]), z.tuple([zodOf.open, z.int().min(-2).max(40)])],
};

const scalars = fc.oneof(
  fc.integer({ min: -5, max: 45 }),
  fc.double({ min: -5, max: 45 }),
  fc.double(),
  fc.constantFrom(-2, 40, -0, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), Number.NaN, 1e300),
  fc.constantFrom('a', 'b', 'c', '', 'toString', true, false, null, undefined),
);
const values = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 4 }),
  fc.sparseArray(scalars, { maxLength: 4 }),
  fc.constant({}),
  fc.array(fc.array(scalars)),
);

describe('value schemas', () => {
  it.each(Object.entries(PAIRS))('%s accepts what zod does, and says the same of the rest', (_, [ours, zods]) => {
    fc.assert(
      fc.property(values, (value) => {
        const [parsed, expected] = [ours.safeParse(value), zods.safeParse(value, { error: issueMessage })];
        expect(parsed.success).toBe(expected.success);
        if (parsed.success) expect(parsed.data).toBe(value);
        else expect(parsed.error.issues[0]?.message).toBe(expected.error?.issues[0]?.message);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of every parameter agree with the bounds, choices and lengths that are told of it', () => {
    for (const { name, schema, ...told } of TRAINERS.flatMap(({ parameters }) => parameters)) {
      const accepts = (value: unknown) => schema.safeParse(value).success;
      const entries = (value: unknown, length: number) => new Array(length).fill(value);
      expect([name, accepts(told.default)]).toEqual([name, true]);
      for (const choice of told.choices ?? []) expect([name, choice, accepts(choice)]).toEqual([name, choice, true]);
      for (const wrong of ['no such word', {}, undefined]) expect([name, accepts(wrong)]).toEqual([name, false]);
      const { list, min, max } = told;
      if (list === undefined) {
        if (min !== undefined) expect([name, accepts(min)]).toEqual([name, told.exclusiveMin !== true]);
        if (max !== undefined) expect([name, accepts(max)]).toEqual([name, told.exclusiveMax !== true]);
      } else {
        const one = list.of === 'choice' ? list.choices![0] : max;
        expect([name, accepts(entries(one, list.maxLength))]).toEqual([name, true]);
        expect([name, accepts(entries(one, list.maxLength + 1))]).toEqual([name, false]);
        expect([name, accepts(entries(one, list.minLength))]).toEqual([name, true]);
      }
      if (min !== undefined) expect([name, accepts(min - 1)]).toEqual([name, false]);
      if (max !== undefined) expect([name, accepts(max * 2 + 1)]).toEqual([name, false]);
    }
  });
});
