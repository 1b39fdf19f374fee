import type { SearchView } from '@caviar/contracts';
import { describe, expect, test } from 'vitest';
import { matches, merge } from './sorts.js';

const search = (id: string, more: Partial<SearchView> = {}) =>
  ({
    id,
    name: id,
    status: 'running',
    createdAt: `2026-11-0${id.length}T00:00:00.000Z`,
    progress: { total: 10, completed: 0, pruned: 0, infeasible: 0, failed: 0, cancelled: 0 },
    spec: { trainer: { kind: 'mlp', dataset: 'digits' }, sampler: { kind: 'tpe' }, scheduler: { kind: 'asha' } },
    ...more,
  }) as SearchView;

describe('a list that is read page by page', () => {
  const order = { sort: 'created', isUp: false } as const;
  const ids = (list: readonly SearchView[]) => list.map(({ id }) => id);
  const all = { order, hasMore: false, isShown: () => true };

  test('has what was pushed in its place, and in its newest form', () => {
    const pushed = new Map([search('ccc'), search('b', { status: 'completed' })].map((one) => [one.id, one]));
    const shown = merge([search('dddd'), search('b')], pushed, all);
    expect(ids(shown)).toEqual(['dddd', 'ccc', 'b']);
    expect(shown[2]?.status).toBe('completed');
  });

  test('leaves what lies beyond its end for later', () => {
    const pushed = new Map([search('a'), search('ccc')].map((one) => [one.id, one]));
    const read = [search('dddd'), search('bb')];
    expect(ids(merge(read, pushed, { ...all, hasMore: true }))).toEqual(['dddd', 'ccc', 'bb']);
    expect(ids(merge(read, pushed, all))).toEqual(['dddd', 'ccc', 'bb', 'a']);
  });

  test('looks for words as the service does', () => {
    const one = search('srch_1', { name: 'My Search' });
    for (const words of ['', 'my', 'DIGITS tpe', 'asha mlp', 'srch_1']) {
      expect(matches(one, { status: '', words }), words).toBe(true);
    }
    for (const words of ['gp', 'my gp', 'srch_']) expect(matches(one, { status: '', words }), words).toBe(false);
    expect(matches(one, { status: 'paused', words: '' })).toBe(false);
  });
});
