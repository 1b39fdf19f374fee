import type { SearchSpec } from '@caviar/spec';
import { describe, expect, test } from 'vitest';
import { toTrialRecord } from './objective-value.js';

const spec: Pick<SearchSpec, 'objective'> = { objective: { metric: 'cost', direction: 'minimize' } };
const trial = { number: 3, params: { x: 1 }, status: 'completed', value: 2, step: 9, metrics: { cost: 2 } } as const;

describe('a trial whose params were changed by hand', () => {
  test.each(['completed', 'pruned', 'infeasible', 'failed'] as const)(
    'and that is %s says nothing of them',
    (status) => {
      expect(toTrialRecord(spec, { ...trial, status, editedFrom: 4 })).toEqual({
        number: 3,
        params: { x: 1 },
        step: 9,
        status: 'cancelled',
        value: null,
      });
    },
  );

  test('is what it was as long as nothing is trained with the change', () => {
    expect(toTrialRecord(spec, { ...trial, editedFrom: 9 })).toMatchObject({ status: 'completed', value: 2 });
    expect(toTrialRecord(spec, { ...trial, editedFrom: null })).toMatchObject({ status: 'completed', value: 2 });
    expect(toTrialRecord(spec, { ...trial, status: 'running', value: null, editedFrom: 1 }).status).toBe('running');
  });
});
