import { z } from 'zod';

export type JsonSchema = { readonly [key: string]: unknown };

/**
 * JSON Schemas of zod schemas, those with an id as references to OpenAPI components. A schema with defaults is one thing
 * to send and another to receive; an id that is used both ways, and differs, gets a second component with the suffix
 * `Input`. Names are settled at the end, by `settle`, once all uses are known.
 */
export class Components {
  readonly #schemas = { sent: convertAll('input'), received: convertAll('output') };

  /** A body or parameter to send. */
  sent(schema: z.ZodType): JsonSchema {
    return mapReferences(convert(schema, 'input'), (id) => `sent:${id}`);
  }

  /** A body that is received. */
  received(schema: z.ZodType): JsonSchema {
    return mapReferences(convert(schema, 'output'), (id) => `received:${id}`);
  }

  /** Gives the document with every reference resolved, and the components that it needs, by name. */
  settle(document: JsonSchema): { readonly document: JsonSchema; readonly schemas: Record<string, JsonSchema> } {
    const used = this.#usedFrom(document);
    const names = this.#names(used);
    const resolve = (reference: string) => `#/components/schemas/${names.get(reference) ?? reference}`;
    const schemas: Record<string, JsonSchema> = {};
    for (const reference of [...used.keys()].sort()) {
      schemas[names.get(reference) ?? reference] = mapReferences(used.get(reference) ?? {}, resolve);
    }
    return { document: mapReferences(document, resolve), schemas };
  }

  /** Everything that is referred to, directly or not, by its reference. */
  #usedFrom(document: JsonSchema): Map<string, JsonSchema> {
    const used = new Map<string, JsonSchema>();
    const pending = referencesIn(document);
    for (let reference = pending.pop(); reference !== undefined; reference = pending.pop()) {
      if (used.has(reference)) continue;
      const [way, id] = reference.split(':') as [Way, string];
      const schema = this.#schemas[way].get(id);
      if (schema === undefined) throw new Error(`there is no schema with the id ${id}`);
      used.set(
        reference,
        mapReferences(schema, (child) => `${way}:${child}`),
      );
      pending.push(...referencesIn(used.get(reference) ?? {}));
    }
    return used;
  }

  #names(used: ReadonlyMap<string, JsonSchema>): ReadonlyMap<string, string> {
    const differs = differing(this.#schemas.sent, this.#schemas.received);
    return new Map(
      [...used.keys()].map((reference) => {
        const [way, id] = reference.split(':') as [Way, string];
        const twofold = way === 'sent' && differs.has(id) && used.has(`received:${id}`);
        return [reference, twofold ? `${id}Input` : id];
      }),
    );
  }
}

type Way = 'sent' | 'received';
type Io = 'input' | 'output';

function convert(schema: z.ZodType, io: Io): JsonSchema {
  const { $schema, $defs, ...own } = z.toJSONSchema(schema, { io, override: OVERRIDES[io] });
  return own;
}

function convertAll(io: Io): ReadonlyMap<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io, override: OVERRIDES[io], uri: (id) => `#/$defs/${id}` });
  return new Map(Object.entries(schemas).map(([id, { $schema, $id, ...own }]) => [id, own]));
}

interface Converted {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

const OVERRIDES = {
  input: tidyTimes,
  output(converted: Converted): void {
    tidyTimes(converted);
    receiveExamples(converted);
  },
} as const satisfies Record<Io, (converted: Converted) => void>;

/** Says of a time that it is one; the pattern of all legal dates helps nobody. */
function tidyTimes({ jsonSchema }: Converted): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}

/** Examples are written as they are sent; what is received has the defaults too. */
function receiveExamples({ zodSchema, jsonSchema }: Converted): void {
  if (jsonSchema.examples === undefined) return;
  jsonSchema.examples = jsonSchema.examples.map((example) => {
    const received = z.safeParse(zodSchema, example);
    return received.success ? (received.data as typeof example) : example;
  });
}

/** Ids whose schema to send is not the one to receive, be it only in what they refer to. */
function differing(sent: ReadonlyMap<string, JsonSchema>, received: ReadonlyMap<string, JsonSchema>): Set<string> {
  const ids = [...received.keys()];
  const found = new Set(ids.filter((id) => JSON.stringify(received.get(id)) !== JSON.stringify(sent.get(id))));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const id of ids) {
      if (referencesIn(received.get(id) ?? {}).some((child) => found.has(child))) found.add(id);
    }
  }
  return found;
}

function referencesIn(schema: JsonSchema): string[] {
  const references: string[] = [];
  mapReferences(schema, (reference) => {
    references.push(reference);
    return reference;
  });
  return references;
}

/** The schema with the last segment of every `$ref` replaced. */
function mapReferences<Value>(value: Value, replace: (reference: string) => string): Value {
  if (Array.isArray(value)) return value.map((item) => mapReferences(item, replace)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) =>
      key === '$ref' && typeof child === 'string'
        ? [key, replace(child.slice(child.lastIndexOf('/') + 1))]
        : [key, mapReferences(child, replace)],
    ),
  ) as Value;
}
