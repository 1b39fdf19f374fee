import { z } from 'zod';

/** Makes a schema of another package a component of the OpenAPI document; gives the same schema. */
export function named<Schema extends z.ZodType>(schema: Schema, meta: NamedMeta): Schema {
  z.globalRegistry.add(schema, { id: meta.id, description: meta.description, examples: [...meta.examples] });
  return schema;
}

interface NamedMeta {
  readonly id: string;
  readonly description: string;
  readonly examples: readonly unknown[];
}
