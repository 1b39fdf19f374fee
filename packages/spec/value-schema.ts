import { issueMessage } from './issue-message.js';

/**
 * What a value may be, in the words of zod, of which this is a small part, and with the messages that its issues have here. Threads
 * that train check params with it: zod itself takes as much memory there as all the rest of what they load.
 */
export interface ValueSchema<Value = unknown> {
  safeParse(value: unknown): ParsedValue<Value>;
}

export type ParsedValue<Value> =
  | { readonly success: true; readonly data: Value }
  | { readonly success: false; readonly error: Problem };

interface Problem {
  readonly issues: readonly { readonly message: string }[];
  /** It is of the right kind, or its entries are, and out of bounds. */
  readonly isOutOfBounds: boolean;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** `min` itself is refused (likewise max). */
  readonly exclusiveMin?: boolean;
  readonly exclusiveMax?: boolean;
}

/** A finite number. */
export function number(bounds: Bounds): ValueSchema<number> {
  return schema((value) => (isNumber(value) ? outOf(bounds, value) : expected('number', value)));
}

/** A whole number that a double holds exactly. */
export function int(bounds: Bounds): ValueSchema<number> {
  const { MAX_SAFE_INTEGER: most } = Number;
  return schema((value) => {
    if (!isNumber(value)) return expected('number', value);
    if (!Number.isInteger(value)) return expected('int', value);
    return outOf({ min: -most, max: most }, value) ?? outOf(bounds, value);
  });
}

export function boolean(): ValueSchema<boolean> {
  return schema((value) => (typeof value === 'boolean' ? null : expected('boolean', value)));
}

/** One of some words. */
export function oneOf<Word extends string>(words: readonly Word[]): ValueSchema<Word> {
  const known = new Set<unknown>(words);
  return schema((value) => {
    return known.has(value) ? null : wrong(issueMessage({ code: 'invalid_value', values: [...words], input: value }));
  });
}

export function nullable<Value>(of: ValueSchema<Value>): ValueSchema<Value | null> {
  return schema((value) => (value === null ? null : problemOf(of, value)));
}

/** What one of several takes. What is only out of bounds for one of them is told so; `message` says the rest. */
export function union(of: readonly ValueSchema[], message: string): ValueSchema {
  return schema((value) => {
    const problems: Problem[] = [];
    for (const each of of) {
      const problem = problemOf(each, value);
      if (problem === null) return null;
      if (problem.isOutOfBounds) problems.push(problem);
    }
    return problems.length === 1 ? problems[0]! : wrong(message);
  });
}

/** A list whose entries are all of one kind. */
export function array<Value>(
  of: ValueSchema<Value>,
  { min = 0, max }: { readonly min?: number; readonly max: number },
): ValueSchema<readonly Value[]> {
  return schema((value) => {
    if (!Array.isArray(value)) return expected('array', value);
    if (value.length > max) return wrong(lengthMessage('too_big', max, value));
    const entries = Array.from(value, (each) => problemOf(of, each)); // a hole is an entry too, of undefined
    return firstOf(value.length < min ? [...entries, outOfBounds(lengthMessage('too_small', min, value))] : entries);
  });
}

/** A list with a kind of its own for each entry. */
export function tuple(of: readonly ValueSchema[]): ValueSchema<readonly unknown[]> {
  return schema((value) => {
    if (!Array.isArray(value)) return expected('tuple', value);
    if (value.length > of.length) return wrong(lengthMessage('too_big', of.length, value));
    if (value.length < of.length) return wrong(lengthMessage('too_small', of.length, value));
    return firstOf(of.map((each, index) => problemOf(each, value[index])));
  });
}

function schema<Value>(problem: (value: unknown) => Problem | null): ValueSchema<Value> {
  return {
    safeParse(value) {
      const error = problem(value);
      return error === null ? { success: true, data: value as Value } : { success: false, error };
    },
  };
}

const wrong = (message: string): Problem => ({ issues: [{ message }], isOutOfBounds: false });
const outOfBounds = (message: string): Problem => ({ issues: [{ message }], isOutOfBounds: true });
const expected = (kind: Kind, input: unknown) => wrong(issueMessage({ code: 'invalid_type', expected: kind, input }));

type Kind = 'number' | 'int' | 'boolean' | 'array' | 'tuple';

function lengthMessage(code: 'too_small' | 'too_big', limit: number, input: unknown): string {
  const bound = { origin: 'array', inclusive: true, input } as const;
  return code === 'too_small'
    ? issueMessage({ code, minimum: limit, ...bound })
    : issueMessage({ code, maximum: limit, ...bound });
}

function problemOf(of: ValueSchema, value: unknown): Problem | null {
  const parsed = of.safeParse(value);
  return parsed.success ? null : parsed.error;
}

function firstOf(all: readonly (Problem | null)[]): Problem | null {
  const problems = all.filter((problem) => problem !== null);
  const [first] = problems;
  return first === undefined ? null : { ...first, isOutOfBounds: problems.every((problem) => problem.isOutOfBounds) };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function outOf({ min, max, exclusiveMin = false, exclusiveMax = false }: Bounds, input: number): Problem | null {
  const origin = 'number';
  if (min !== undefined && (exclusiveMin ? input <= min : input < min)) {
    return outOfBounds(issueMessage({ code: 'too_small', minimum: min, inclusive: !exclusiveMin, origin, input }));
  }
  if (max !== undefined && (exclusiveMax ? input >= max : input > max)) {
    return outOfBounds(issueMessage({ code: 'too_big', maximum: max, inclusive: !exclusiveMax, origin, input }));
  }
  return null;
}
