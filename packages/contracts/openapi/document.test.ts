import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from '../operations/operations.js';
import { PROBLEM_CODES, PROBLEMS } from '../problem.js';
import { openApiDocument } from './document.js';

interface Node {
  readonly [key: string]: Node;
}
const document = openApiDocument('1.2.3') as unknown as Node & { readonly paths: Node };

function eachNode(node: unknown, visit: (node: Readonly<Record<string, unknown>>) => void): void {
  if (typeof node !== 'object' || node === null) return;
  visit(node as Readonly<Record<string, unknown>>);
  for (const child of Object.values(node)) eachNode(child, visit);
}

describe('the OpenAPI document', () => {
  test('has every operation once, with summary, tag, and its problems', () => {
    const ids: unknown[] = [];
    for (const item of Object.values(document.paths)) {
      for (const op of Object.values(item)) {
        ids.push(op['operationId']);
        expect(op['summary']).toEqual(expect.any(String));
        expect(op['tags']).toHaveLength(1);
        expect(Object.keys(op['responses'] ?? {})).toEqual(expect.arrayContaining(['422', '500']));
        expect(document['tags']).toContainEqual({ name: Object.values(op['tags'] ?? {})[0] });
      }
    }
    expect(ids.sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  test('refers only to components that are there, and has none to spare', () => {
    const schemas = Object.keys(document['components']?.['schemas'] ?? {});
    const used = new Set<string>();
    eachNode(document, (node) => {
      if (typeof node['$ref'] === 'string') used.add(node['$ref'].replace('#/components/schemas/', ''));
    });
    expect([...used].sort()).toEqual(schemas.sort());
    expect(schemas).toEqual(
      expect.arrayContaining(['Search', 'SearchSpecInput', 'SearchPatch', 'Leaderboard', 'Problem']),
    );
  });

  test('asks for no more of a spec than the API does', () => {
    const spec = document['components']?.['schemas']?.['SearchSpecInput'];
    expect(spec?.['required']).toEqual(['trainer', 'space', 'stop']);
    expect(spec?.['additionalProperties']).toBe(false);
  });

  test('declares every parameter in a path', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const op of Object.values(item)) {
        const declared = Object.values(op['parameters'] ?? {}).filter(
          (parameter) => String(parameter['in']) === 'path',
        );
        expect(declared.map((parameter) => parameter['name'])).toEqual(names);
      }
    }
  });
});

describe('examples', () => {
  test('of what is received have its defaults', () => {
    const examplesOf = (id: string) => Object.values(document['components']?.['schemas']?.[id]?.['examples'] ?? {});
    expect(examplesOf('TrainerSpec')).toContainEqual({ kind: 'quadratic', params: {}, maxRetries: 2 });
    expect(examplesOf('TrainerSpecInput')).toContainEqual({ kind: 'quadratic' });
    expect(examplesOf('SearchSpace')[0]?.['keepProb']).toMatchObject({ scale: 'linear' });
  });

  const { schemas } = z.toJSONSchema(z.globalRegistry);
  test.each(Object.keys(schemas))('of %s are legal', (id) => {
    const schema = [...registered()].find((candidate) => z.globalRegistry.get(candidate)?.id === id);
    for (const example of (schemas[id]?.examples ?? []) as unknown[]) {
      expect(schema?.safeParse(example).error?.issues ?? []).toEqual([]);
    }
  });
});

function* registered(): Iterable<z.ZodType> {
  const seen = new Set<unknown>();
  const pending: unknown[] = Object.values(OPERATIONS);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof z.ZodType) {
      yield next;
      pending.push(next._zod.def, ...Object.values((next._zod.def as { shape?: object }).shape ?? {}));
    } else {
      pending.push(...Object.values(next));
    }
  }
}

test('problem codes are kebab-case, errors, and say what to do', () => {
  for (const code of PROBLEM_CODES) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(PROBLEMS[code].status).toBeGreaterThanOrEqual(400);
    expect(PROBLEMS[code].whatToDo.length).toBeGreaterThan(20);
  }
});
