import fc from 'fast-check';
import { fromSchema, type Schema } from './from-schema.js';
import { mutated } from './mutate.js';
import { type Json, oddText } from './oddities.js';

/** A body to be sent, in which things that earlier answers gave are still only named (see `World`). */
export interface PlannedBody {
  readonly type: string;
  readonly json: Json;
  readonly toBytes: (json: Json) => Buffer;
}

const BOUNDARY = 'caviar-boundary';
const TABLE = 'a,b,y\n1,2,x\n3,4,z\n5,6,x\n';
/** What is known to be good, from which mutations reach deeper than from what the schema alone gives. */
const META: Json = { name: 'table', format: 'csv', target: 'y' };

type Part = readonly [name: string, isFile: boolean, content: string];

/** Forms made of the parts that the schema names; files are small tables, or what is none. */
export function multipart(root: Schema, schema: Schema): fc.Arbitrary<PlannedBody | null> {
  const described = schemaOf(root, schema);
  const names = Object.keys((described['properties'] ?? {}) as Record<string, unknown>);
  const file = fc.oneof(
    fc.constantFrom(TABLE, '', 'a', '"', 'a,b\n1', '\u0000\u0001', 'PK\u0003\u0004', '\u001f\u008b\b'),
    fc.string({ unit: 'binary' }),
  );
  const part = fc.tuple(
    fc.oneof({ arbitrary: fc.constantFrom('meta', 'file', ...names), weight: 6 }, oddText.map(escape)),
    fc.boolean(),
    fc.oneof(
      fromSchema(root, described)
        .chain(mutated)
        .map((value) => JSON.stringify(partOf(value))),
      file,
    ),
  );
  const parts = fc.oneof(
    fc.array<Part>(part, { maxLength: 4 }),
    fc
      .tuple(
        fc.oneof(fc.constant(META), fc.constant(META).chain(mutated)),
        fc.oneof({ arbitrary: fc.constant(TABLE), weight: 3 }, file),
      )
      .map(([meta, content]): Part[] => [
        ['meta', false, JSON.stringify(meta)],
        ['file', true, content],
      ]),
  );
  const bent = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text,
    (text) => text,
    (text) => text,
    (text) => text.slice(0, -20),
    (text) => text.replaceAll('\r\n', '\n'),
    (text) => text.replace('form-data', 'attachment'),
    (text) => text.replace('name=', 'nom='),
    () => '',
  );
  return fc
    .tuple(parts, bent, fc.constantFrom(`; boundary=${BOUNDARY}`, `; boundary="${BOUNDARY}"`, ''))
    .map(([form, change, boundary]) => ({
      type: `multipart/form-data${boundary}`,
      json: form as unknown as Json,
      toBytes: () => Buffer.from(change(formOf(form)), 'latin1'),
    }));
}

function formOf(parts: readonly Part[]): string {
  const texts = parts.map(([name, isFile, content]) => {
    const about = isFile ? `; filename="x.csv"\r\nContent-Type: text/csv` : '';
    return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${about}\r\n\r\n${content}\r\n`;
  });
  return `${texts.join('')}--${BOUNDARY}--\r\n`;
}

/** The part of a form that is JSON, if one looks like it. */
function partOf(value: Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.values(value).find((child) => typeof child === 'object') ?? value;
}

function schemaOf(root: Schema, schema: Schema): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  return reference
    .split('/')
    .slice(1)
    .reduce((at, step) => at[step] as Schema, root);
}
