import type { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;

/**
 * What is wrong with a value, said of the value: "must be at least 1". It is the error map of every parse here, so
 * messages that a schema brings along win over it.
 */
export function issueMessage(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeMessage(issue.expected, issue.input);
    case 'too_small':
      return boundMessage(issue, issue.minimum, issue.inclusive === false ? 'above' : 'at least');
    case 'too_big':
      return boundMessage(issue, issue.maximum, issue.inclusive === false ? 'below' : 'at most');
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return issue.input === undefined
        ? `is required: ${oneOf(issue.values)}`
        : `must be ${oneOf(issue.values)}${insteadOf(issue.input)}`;
    case 'invalid_union':
      return unionMessage(issue);
    case 'unrecognized_keys':
      return `is not a known key${knownKeys(issue.inst)}`;
    case 'invalid_key':
      return 'is not a legal name';
    case 'invalid_format':
      return `must be a well-formed ${issue.format}`;
    default:
      return 'is not valid';
  }
}

/** "a", "a or b", "a, b or c". */
export function anyOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** What a type of zod's is called in a message. */
export function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

function typeMessage(expected: string, input: unknown): string {
  if (input === undefined) return 'is required';
  if (expected === 'number' && typeof input === 'number') return 'must be a finite number';
  if (expected === 'int' && typeof input === 'number') return `must be a whole number, not ${input}`;
  return `must be ${typeName(expected)}, not ${valueName(input)}`;
}

function valueName(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'boolean') return String(input);
  return typeName(typeof input);
}

function boundMessage(
  issue: { readonly origin: string; readonly exact?: boolean },
  limit: number | bigint,
  relation: string,
): string {
  const bound = issue.exact === true ? 'exactly' : relation;
  switch (issue.origin) {
    case 'string':
      return `must have ${bound} ${limit} ${plural('character', limit)}`;
    case 'array':
    case 'set':
      return `must have ${bound} ${limit} ${plural('entry', limit)}`;
    default:
      return issue.exact === true ? `must be ${limit}` : `must be ${relation} ${limit}`;
  }
}

function plural(word: 'character' | 'entry', count: number | bigint): string {
  if (Number(count) === 1) return word;
  return word === 'entry' ? 'entries' : 'characters';
}

/** A discriminated union that no branch fits; other unions are put into words by `invalidFields`, which sees the branches. */
function unionMessage(issue: RawIssue): string {
  const { options, discriminator, input } = issue as {
    options?: readonly unknown[];
    discriminator?: string;
    input?: unknown;
  };
  if (options === undefined || discriminator === undefined) return 'is not valid';
  const given = typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[discriminator] : input;
  return given === undefined ? `is required: ${oneOf(options)}` : `must be ${oneOf(options)}${insteadOf(given)}`;
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => JSON.stringify(value) ?? String(value));
  return words.length === 1 ? (words[0] as string) : `one of ${words.join(', ')}`;
}

function insteadOf(input: unknown): string {
  if (typeof input === 'string') return input.length <= 50 ? `, not ${JSON.stringify(input)}` : '';
  return typeof input === 'object' ? `, not ${valueName(input)}` : `, not ${String(input)}`;
}

function knownKeys(schema: unknown): string {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  const keys = Object.keys(shape ?? {});
  if (keys.length === 0) return '; none is expected here';
  return `; known ${keys.length === 1 ? 'is' : 'are'} ${keys.join(', ')}`;
}
