import { describe, expect, test } from 'vitest';
import { formatMetric, formatNumber, formatParam, formatTick } from './number.js';
import { formatAgo, formatClock, formatDuration, formatUntil } from './time.js';

describe('numbers', () => {
  test.each([
    [0, '0'],
    [42, '42'],
    [101_000, '101,000'],
    [0.00147, '0.00147'],
    [0.5, '0.5'],
    [0.000122, '1.22e-4'],
    [1e-5, '1e-5'],
    [12_345_678, '1.23e7'],
    [45_123.678, '45,124'],
    [-999_999.5, '-999,999'],
    [9999.96, '10,000'],
    [0.99996, '0.99996'],
    [0.9999999, '0.9999999'],
    [2.71999, '2.72'],
    [-0.25, '-0.25'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%s is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test('shares of a part of the data are percentages, and no other metric is', () => {
    expect(formatMetric('dev.error', 0.00836)).toBe('0.84 %');
    expect(formatMetric('dev.loss', 0.00836)).toBe('0.00836');
    expect(formatMetric('val_error', 0.5)).toBe('0.5');
    expect(formatTick('train.error')(0.025)).toBe('2.5 %');
  });

  test('params are as short as they can be said', () => {
    expect([formatParam(['shift', 'rotate']), formatParam(true), formatParam(null), formatParam(0.9999)]).toEqual([
      'shift, rotate',
      'true',
      '–',
      '0.9999',
    ]);
  });
});

describe('times', () => {
  test.each([
    [397, '397 ms'],
    [1_250, '1.3 s'],
    [22_400, '22 s'],
    [60_000, '1 min'],
    [415_000, '6 min 55 s'],
    [3_600_000 * 26, '1 d 2 h'],
  ])('%s ms are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('how long until then', () => {
    const now = Date.parse('2026-11-03T12:00:00Z');
    expect(formatUntil('2026-11-03T12:05:00Z', now)).toBe('in 5 min');
    expect(formatUntil('2026-11-03T11:59:00Z', now)).toBe('now');
    expect(formatUntil(null, now)).toBe('–');
  });

  test('how long ago', () => {
    const now = Date.parse('2026-11-03T12:00:00Z');
    expect(formatAgo('2026-11-03T11:59:58Z', now)).toBe('just now');
    expect(formatAgo('2026-11-03T11:57:00Z', now)).toBe('3 min ago');
    expect(formatAgo('2026-11-01T11:00:00Z', now)).toBe('2 d ago');
  });
});

test('a clock has a day where it is not today’s, and begins the day with 00', () => {
  const midnight = new Date(2026, 10, 3, 0, 5, 10);
  expect(formatClock(midnight.toISOString(), midnight.getTime() + 3_600_000)).toBe('00:05:10');
  expect(formatClock(midnight.toISOString(), midnight.getTime() + 3_600_000 * 24)).toMatch(/Nov.* 00:05:10$/);
});
