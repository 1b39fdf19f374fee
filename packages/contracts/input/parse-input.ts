import { issueMessage } from '@caviar/spec';
import type { z } from 'zod';
import { forbiddenContent } from './forbidden-content.js';
import { type InvalidField, invalidFields } from './invalid-fields.js';
import { jsonPointer } from './json-pointer.js';

export type ParsedInput<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly errors: readonly InvalidField[] };

/** Parses a request's body. Every error points at the key that is wrong. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): ParsedInput<z.output<Schema>> {
  const result = schema.safeParse(input, { error: issueMessage });
  return result.success ? { ok: true, value: result.data } : { ok: false, errors: invalidFields(result.error.issues) };
}

/** Parses a query string or headers, given as an object, and refuses what no request may hold; each error also names the parameter. */
export function parseParameters<Schema extends z.ZodType>(
  schema: Schema,
  input: Readonly<Record<string, unknown>>,
): ParsedInput<z.output<Schema>> {
  const repeated = Object.keys(input).filter((name) => Array.isArray(input[name]));
  if (repeated.length > 0) {
    return {
      ok: false,
      errors: repeated.map((name) => parameterField(jsonPointer([name]), 'is given more than once')),
    };
  }
  const result = parseInput(schema, input);
  // As parsed: a parameter may be JSON, which can say more than the text that it comes in.
  const errors = result.ok ? forbiddenContent(result.value) : result.errors;
  if (result.ok && errors.length === 0) return result;
  return { ok: false, errors: errors.map(({ pointer, message }) => parameterField(pointer, message)) };
}

function parameterField(pointer: string, message: string): InvalidField {
  // What is wrong may lie deeper, in a parameter that is a list or JSON.
  const [name = ''] = pointer.slice(1).split('/');
  const parameter = name.replaceAll('~1', '/').replaceAll('~0', '~');
  return { pointer, parameter, message };
}
