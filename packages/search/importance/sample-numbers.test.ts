import { expect, test } from 'vitest';
import { sampleNumbers } from './sample-numbers.js';

test('one number from each stretch, enough for a thousand completed trials', () => {
  const numbers = sampleNumbers(100_000, 50_000, 7)!;
  expect(numbers).toHaveLength(2_000);
  numbers.forEach((number, i) => {
    expect(Math.floor(number / 50)).toBe(i);
  });
  expect(new Set(numbers.map((number) => number % 50)).size).toBe(50);
  expect(sampleNumbers(100_000, 50_000, 7)).toEqual(numbers);
  expect(sampleNumbers(100_000, 50_000, 8)).not.toEqual(numbers);
});

test.each([
  ['few completed', 5_000, 1_000],
  ['nearly all would be looked up', 1_900, 1_900],
  ['completed ones are rare', 1_000_000, 2_000],
])('all are read where %s', (_, made, completed) => {
  expect(sampleNumbers(made, completed, 7)).toBeNull();
});
