import { describe, expect, test } from 'vitest';
import { spaceAxes } from '../../../charts/space-axis.js';
import { filterOf, isChosen, readBrush, writeBrush } from './brush.js';

const axes = spaceAxes({
  rate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
  kind: { kind: 'categorical', choices: ['gd', 'adam', 3] },
});

describe('a brush', () => {
  test('is written and read again, its ranges in order', () => {
    const text = writeBrush({ 'params.rate': [[-1.123456, -2]], value: [] });
    expect(JSON.parse(text)).toEqual({ 'params.rate': [[-2, -1.1235]] });
    expect(readBrush(text)).toEqual({ 'params.rate': [[-2, -1.1235]] });
    expect(writeBrush({ value: [] })).toBe('');
  });

  test.each(['', '{', 'null', '3', '{"a":1}', '{"a":[[1]]}', '{"a":[["x",2]]}'])('reads nothing from %j', (text) => {
    expect(readBrush(text)).toEqual({});
  });

  test('chooses what lies in a range of every axis', () => {
    const places = { a: 1, b: 5, c: null };
    const chosen = (brush: Parameters<typeof isChosen>[0]) =>
      isChosen(brush, (column) => places[column as keyof typeof places]);
    expect(chosen({})).toBe(true);
    expect(chosen({ a: [[0, 1]] })).toBe(true);
    expect(
      chosen({
        a: [
          [2, 3],
          [0.5, 1.5],
        ],
        b: [[5, 5]],
      }),
    ).toBe(true);
    expect(chosen({ a: [[0, 1]], b: [[0, 1]] })).toBe(false);
    expect(chosen({ c: [[0, 1]] })).toBe(false);
    expect(chosen({ d: [[0, 1]] })).toBe(false);
  });

  test('is a filter of the table, on the scale of the parameter', () => {
    const filter = filterOf(
      {
        'params.rate': [[-3, -2]],
        'params.kind': [[0.5, 2]],
        value: [
          [0, 0.1],
          [0.2, 0.3],
        ],
      },
      axes,
    );
    expect(filter['params.kind']).toEqual({ in: ['adam', 3] });
    expect(filter['value']).toEqual({ min: 0, max: 0.3 });
    const rate = filter['params.rate'] as { min: number; max: number };
    expect(rate.min).toBeCloseTo(0.001, 12);
    expect(rate.max).toBeCloseTo(0.01, 12);
  });
});
