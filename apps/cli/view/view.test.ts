import { describe, expect, test } from 'vitest';
import { brailleChart, type Series } from './braille.js';
import { agoText, durationText, exactText, fields, numberText, paramText, timeText, wrap } from './format.js';

const plain = (text: string) => text;
const series = (points: Series['points'], paint = plain): Series => ({ label: 'x', points, paint });

describe('brailleChart', () => {
  test('draws a line from corner to corner', () => {
    const chart = brailleChart(
      [
        series([
          [0, 0],
          [10, 10],
        ]),
      ],
      { width: 12, height: 2 },
      String,
    );
    // 8 columns are 16 dots wide, 2 rows are 8 dots high: two dots to the right for each one up
    expect(chart).toEqual(['10 ┤    ⣀⠤⠒⠉', ' 0 ┤⣀⠤⠒⠉', '    0     10']);
  });

  test('leaves gaps where there is no value, and draws a single point', () => {
    const [row] = brailleChart(
      [
        series([
          [0, 1],
          [1, null],
          [2, Number.NaN],
          [3, 1],
        ]),
      ],
      { width: 11, height: 1 },
      String,
    );
    expect(row).toBe('1 ┤⠄      ⠠');
    expect(brailleChart([series([[5, 2]])], { width: 11, height: 1 }, String)).toEqual(['2 ┤⠄', '   5       ']);
  });

  test('has no lines when there is nothing to draw', () => {
    expect(brailleChart([], { width: 40, height: 5 }, String)).toEqual([]);
    expect(brailleChart([series([[0, null]])], { width: 40, height: 5 }, String)).toEqual([]);
  });

  test('paints each curve, the later one above', () => {
    const tag = (name: string) => (text: string) => `<${name}:${text}>`;
    const [row] = brailleChart(
      [
        series(
          [
            [0, 0],
            [7, 0],
          ],
          tag('a'),
        ),
        series(
          [
            [7, 0],
            [15, 0],
          ],
          tag('b'),
        ),
      ],
      { width: 11, height: 1 },
      String,
    );
    expect(row).toBe('0 ┤<a:⠤⠤⠤><b:⠤⠤⠤⠤⠤>');
  });
});

describe('text', () => {
  test.each([
    [0.0278551, '0.02786'],
    [1234567, '1234567'],
    [0.00001234, '1.23e-5'],
    [3.5e12, '3.50e12'],
    [0, '0'],
    [null, '-'],
  ])('of the number %s is %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  test('of params keeps the distance of a beta to one', () => {
    expect(paramText(0.999512)).toBe('0.999512');
    expect(paramText(0.9)).toBe('0.9');
    expect(paramText([64, 32])).toBe('[64,32]');
    expect(paramText(undefined)).toBe('-');
    expect(paramText(true)).toBe('true');
  });

  test.each([
    [40, '40 ms'],
    [9_940, '9.9 s'],
    [59_000, '59 s'],
    [200_000, '3 min 20 s'],
    [7_260_000, '2 h 1 min'],
    [90_000_000, '1 d 1 h'],
    [null, '-'],
  ])('of %s ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  test('of a time is how long ago it was', () => {
    const now = Date.parse('2026-11-25T12:00:00Z');
    expect(agoText('2026-11-25T11:59:30Z', now)).toBe('just now');
    expect(agoText('2026-11-25T11:30:00Z', now)).toBe('30 min ago');
    expect(agoText('2026-11-25T03:00:00Z', now)).toBe('9 h ago');
    expect(agoText('2026-11-03T03:00:00Z', now)).toBe('2026-11-03');
  });

  test('is wrapped, in its own column', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(
      fields(
        [
          ['a', 'x'],
          ['long', 'one two three four five six'],
        ],
        30,
      ),
    ).toEqual(['  a     x', '  long  one two three four', '        five six']);
  });
});

test('a point in time is told by the clock of this place, and with its distance from UTC', () => {
  for (const time of ['2026-01-15T23:45:10.500Z', '2026-07-15T00:05:10.500Z']) {
    const text = timeText(time);
    expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:10 [+-]\d\d:\d\d$/);
    expect(Date.parse(text.replace(' ', 'T').replace(' ', ''))).toBe(Date.parse(time) - 500);
    expect(text.slice(11, 13)).toBe(String(new Date(time).getHours()).padStart(2, '0'));
  }
});

test('a value to be taken home is told with all of its digits', () => {
  expect([exactText(0.004689123456789), exactText('adam'), exactText(true), exactText(16)]).toEqual([
    '0.004689123456789',
    'adam',
    'true',
    '16',
  ]);
});
