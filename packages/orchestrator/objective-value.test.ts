import type { SearchSpec } from '@caviar/spec';
import { describe, expect, test } from 'vitest';
import { asItEnded, objectiveValue, toTrialRecord, valueAtEnd } from './objective-value.js';

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

test.each([
  ['completed', { value: 2, rankKey: 2, violation: null }],
  ['pruned', { value: 2, rankKey: 2, violation: null }],
  ['infeasible', { value: null, rankKey: null, violation: null }],
  ['cancelled', { value: 2, rankKey: null, violation: null }],
] as const)('a trial that is %s at its end has that value and place', (status, told) => {
  expect(valueAtEnd(spec, status, { cost: 2 })).toEqual(told);
  const bounded = { ...spec, constraints: [{ metric: 'cost', max: 1 }] };
  const isRanked = status === 'completed' || status === 'pruned';
  expect(valueAtEnd(bounded, status, { cost: 2 })).toMatchObject({ rankKey: null, violation: isRanked ? 1 : null });
});

test('a trial without all of several objectives has no place', () => {
  const objectives = [spec.objective, { metric: 'speed', direction: 'maximize' }] as const;
  expect(objectiveValue({ ...spec, objectives }, { cost: 2, speed: null })).toMatchObject({ value: 2, rankKey: null });
  expect(objectiveValue({ ...spec, objectives }, { cost: 2, speed: 1 })).toMatchObject({ value: 2, rankKey: 2 });
});

test.each([
  ['completed', { cost: 2 }, { status: 'completed', reason: null }],
  ['completed', { cost: null }, { status: 'infeasible', reason: 'cost is not finite' }],
  ['completed', {}, { status: 'infeasible', reason: 'cost is not finite' }],
  ['pruned', { cost: null }, { status: 'pruned', reason: null }],
] as const)('a trial that is %s with %j', (status, metrics, ended) => {
  expect(asItEnded(spec, { status, metrics, reason: null })).toEqual(ended);
});

test('of several objectives each counts, and a reason that is given stays', () => {
  const several = { objectives: [spec.objective, { metric: 'size', direction: 'minimize' }], ...spec } as const;
  const metrics = { cost: 1, size: null };
  expect(asItEnded(several, { status: 'completed', metrics, reason: null }).reason).toBe('size is not finite');
  expect(asItEnded(several, { status: 'completed', metrics, reason: 'too slow' })).toEqual({
    status: 'infeasible',
    reason: 'too slow',
  });
});
