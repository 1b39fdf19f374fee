import fc from 'fast-check';
import type { Json } from './oddities.js';

export type Schema = { readonly [key: string]: unknown };

/** Text that stands for something that is known only when the request is sent; see `World`. */
export function known(kind: string, pick: number): string {
  return `\ue000known:${kind}:${pick}\ue001`;
}

const DEEPEST = 6;

/** Values that a JSON Schema of the OpenAPI document allows, or nearly: what schemas cannot say is up to luck. */
export function fromSchema(root: Schema, schema: Schema, name = '', depth = 0): fc.Arbitrary<Json> {
  const again = (child: unknown, childName = name) => fromSchema(root, child as Schema, childName, depth + 1);
  if (typeof schema['$ref'] === 'string') return again(resolve(root, schema['$ref']));
  const examples = (schema['examples'] ?? []) as Json[];
  const own = byType(schema, { name, depth, again });
  const example = examples.length > 0 ? [{ arbitrary: fc.constantFrom(...examples), weight: 2 }] : [];
  return fc.oneof({ arbitrary: own, weight: 3 }, ...example);
}

function resolve(root: Schema, reference: string): Schema {
  return reference
    .split('/')
    .slice(1)
    .reduce((at, step) => at[step] as Schema, root);
}

interface Place {
  readonly name: string;
  readonly depth: number;
  readonly again: (child: unknown, name?: string) => fc.Arbitrary<Json>;
}

function byType(schema: Schema, { name, depth, again }: Place): fc.Arbitrary<Json> {
  if ('const' in schema) return fc.constant(schema['const'] as Json);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as Json[]));
  for (const union of ['oneOf', 'anyOf', 'allOf']) {
    const branches = schema[union];
    if (Array.isArray(branches)) return fc.oneof(...branches.map((branch) => again(branch)));
  }
  const kind = Array.isArray(schema['type']) ? (schema['type'] as string[])[0] : schema['type'];
  switch (kind) {
    case 'string':
      return text(schema, name);
    case 'integer':
    case 'number':
      return number(schema, kind);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const least = Number(schema['minItems'] ?? 0);
      const maxLength = Math.max(least, Math.min(Number(schema['maxItems'] ?? 3), depth > DEEPEST ? 0 : 3));
      return fc.array(again(schema['items'] ?? {}), { minLength: least, maxLength });
    }
    case 'object':
      return object(schema, depth, again);
    default:
      return fc.constantFrom<Json>(null, 1, 'x');
  }
}

/** Leases are picked from the newest, up to this one. */
export const LEASES = 1;

/** Names of fields that hold what an earlier answer gave. */
const REFERENCES: Readonly<Record<string, string>> = {
  leaseToken: 'leaseToken',
  dataset: 'datasets',
  searches: 'searches',
  searchId: 'searches',
  trialId: 'trials',
  cursor: 'cursor',
};

function text(schema: Schema, name: string): fc.Arbitrary<Json> {
  const kind = REFERENCES[name];
  // Few, so that those that belong together meet.
  if (kind !== undefined) return fc.nat(name === 'leaseToken' ? LEASES : 1_000).map((pick) => known(kind, pick));
  if (schema['format'] === 'date-time') return fc.constant('2026-11-03T09:30:00.000Z');
  if (name === 'url' || schema['format'] === 'uri')
    return fc.constantFrom('https://hooks.example/x', 'http://127.0.0.1/');
  const minLength = Number(schema['minLength'] ?? 0);
  const maxLength = Math.max(minLength, Math.min(Number(schema['maxLength'] ?? 12), 12));
  return fc.string({ minLength, maxLength });
}

function number(schema: Schema, kind: string): fc.Arbitrary<Json> {
  const min = Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? -1e6);
  const max = Number(schema['maximum'] ?? schema['exclusiveMaximum'] ?? 1e6);
  // Small ones most of the time: a request may ask for a lot of work by a number.
  const high = Math.max(min, Math.min(max, min + 20));
  if (kind === 'integer') {
    return fc.oneof(
      { arbitrary: fc.integer({ min: Math.ceil(min), max: Math.floor(high) }), weight: 9 },
      fc.constantFrom(min, max),
    );
  }
  return fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(min, max));
}

function object(schema: Schema, depth: number, again: Place['again']): fc.Arbitrary<Json> {
  const properties = (schema['properties'] ?? {}) as Record<string, unknown>;
  const required = new Set((schema['required'] ?? []) as string[]);
  const names = Object.keys(properties).filter((name) => required.has(name) || depth <= DEEPEST);
  const fields = Object.fromEntries(names.map((name) => [name, again(properties[name], name)]));
  const fixed = fc.record(fields, { requiredKeys: names.filter((name) => required.has(name)) }) as fc.Arbitrary<Json>;
  const more = schema['additionalProperties'];
  if (typeof more !== 'object' || more === null || depth > DEEPEST) return fixed;
  const key = fc.constantFrom('learningRate', 'x', 'y', 'optimizer', 'hiddenUnits', 'dev.error', 'cost');
  return fc
    .tuple(fixed, fc.dictionary(key, again(more), { maxKeys: 3 }))
    .map(([a, b]) => ({ ...(a as Record<string, Json>), ...b }));
}
