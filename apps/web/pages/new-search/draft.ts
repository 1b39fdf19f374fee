import type { InvalidField } from '@caviar/contracts';

/** A spec that is being written: anything that JSON can say. */
export type Draft = Readonly<Record<string, unknown>>;

/** What is wrong at a place, or below it. */
export function errorAt(errors: readonly InvalidField[], pointer: string): string | undefined {
  return errors.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.message;
}

/** The value at a path; undefined where there is none. */
export function at(draft: unknown, ...path: readonly string[]): unknown {
  let value = draft;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** A copy with another value at a path; undefined takes the key away. */
export function withValue(draft: Draft, path: readonly string[], value: unknown): Draft {
  const [key, ...rest] = path;
  if (key === undefined) return draft;
  const inner = rest.length === 0 ? value : withValue((at(draft, key) ?? {}) as Draft, rest, value);
  if (inner === undefined) {
    const { [key]: _, ...others } = draft;
    return others;
  }
  return { ...draft, [key]: inner };
}
