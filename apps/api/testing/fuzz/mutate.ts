import fc from 'fast-check';
import { type Json, oddText, oddValue } from './oddities.js';

const mutation = fc.record({
  path: fc.array(fc.nat(9), { maxLength: 5 }),
  kind: fc.constantFrom('replace', 'remove', 'add'),
  key: fc.oneof(oddText, fc.constantFrom('kind', 'id', 'x')),
  value: oddValue,
});
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

/** A document with up to `most` of its values replaced, removed, or keys added, at any depth. */
export function mutated(document: Json, most = 3): fc.Arbitrary<Json> {
  return fc
    .array(mutation, { maxLength: most })
    .map((mutations) => mutations.reduce(mutate, structuredClone(document)));
}

function mutate(document: Json, change: Mutation): Json {
  if (typeof document !== 'object' || document === null) return change.value;
  const { path, kind, key, value } = change;
  const keys = Object.keys(document);
  const [step, ...rest] = path;
  if (step === undefined || keys.length === 0) {
    if (kind === 'replace') return value;
    if (Array.isArray(document)) return kind === 'remove' ? document.slice(1) : [...document, value];
    return Object.fromEntries([...Object.entries(document).slice(kind === 'remove' ? 1 : 0), [key, value]]);
  }
  const chosen = keys[step % keys.length] as string;
  const inner = mutate((document as Record<string, Json>)[chosen] as Json, { ...change, path: rest });
  return Array.isArray(document)
    ? document.map((item, i) => (String(i) === chosen ? inner : item))
    : { ...document, [chosen]: inner };
}

/** What a JSON text can become that no value does: keys twice, numbers beyond any range, broken ends, bytes that are no UTF-8. */
export const textMutation: fc.Arbitrary<(text: string) => Buffer> = fc
  .tuple(
    fc.constantFrom<(text: string, at: number) => string | Buffer>(
      (text) => text.replace('{', '{"__proto__":{"polluted":1},'),
      (text) => text.replace('{', '{"constructor":{"prototype":{"polluted":1}},'),
      (text) => text.replace(/\{("(?:[^"\\]|\\.)*"):/, '{$1:null,$1:'),
      (text) => text.replace(/:-?\d[\d.e+-]*/i, ':1e999'),
      (text) => text.replace(/:-?\d[\d.e+-]*/i, ':NaN'),
      (text) => text.replace(/:-?\d[\d.e+-]*/i, ':-Infinity'),
      (text) => text.replace(/:-?\d[\d.e+-]*/i, ':01'),
      (text) => text.replace(/:-?\d[\d.e+-]*/i, `:${'9'.repeat(400)}`),
      (text) => text.replace(/"(\w)/, '"\\u0000$1'),
      (text) => text.replace(/"(\w)/, '"\\ud800$1'),
      (text) => `\ufeff${text}`,
      (text) => `${text},`,
      (text) => `${text}${text}`,
      (text) => `/* a comment */${text}`,
      (text) => text.replaceAll('"', "'"),
      (text, at) => text.slice(0, at % (text.length + 1)),
      (text) => '['.repeat(2_000) + text + ']'.repeat(2_000),
      (text) => '{"a":'.repeat(2_000) + text + '}'.repeat(2_000),
      (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0xc0, 0xaf])]),
      (text) => Buffer.from(text, 'utf16le'),
      (text) => `${' '.repeat(100_000)}${text}`,
      () => 'x'.repeat(1024 * 1024 + 1),
      () => '',
    ),
    fc.nat(),
  )
  .map(
    ([change, at]) =>
      (text) =>
        Buffer.from(change(text, at)),
  );
