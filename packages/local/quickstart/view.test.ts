import { styleFor } from '@caviar/terminal';
import { expect, test } from 'vitest';
import type { Board, Entry } from './rest.js';
import { nextLines, progressLines, progressText, resultLines } from './view.js';

const plain = styleFor(false);
const names = ['learningRate', 'optimizer', 'batchSize', 'keepProb', 'beta1'];

function entry(rank: number, value: number | null, train = 0.01): Entry {
  return {
    rank,
    trialId: `trl_${rank}`,
    number: rank + 10,
    value,
    status: value === null ? 'infeasible' : 'completed',
    params: { learningRate: 0.0123456, optimizer: 'adam', batchSize: 64, keepProb: 1 },
    metrics: value === null ? {} : { 'dev.error': value, 'train.error': train },
  };
}

function board(finished: number, entries: readonly Entry[]): Board {
  const none = { queued: 0, running: 0, pruned: 0, failed: 0, cancelled: 0 };
  const infeasible = entries.filter(({ value }) => value === null).length;
  return { progress: { ...none, total: 40, completed: finished - infeasible, infeasible }, entries };
}

test('progress before the first result promises nothing', () => {
  expect(progressText(board(0, []), 800)).toBe('0/40 trials');
});

test('progress tells rate, time left and the best', () => {
  expect(progressText(board(10, [entry(1, 0.0334)]), 5_000)).toBe(
    '10/40 trials, 2.0 trials/s, 15 s left, best dev error 3.3 %',
  );
});

test('progress at the end has no time left', () => {
  expect(progressText(board(40, [entry(1, 0.0334)]), 20_000)).toBe('40/40 trials, 2.0 trials/s, best dev error 3.3 %');
});

test('the live region keeps its height while the board fills', () => {
  const heights = [0, 1, 5, 9].map(
    (count) =>
      progressLines(
        board(
          count,
          Array.from({ length: count }, (_, index) => entry(index + 1, 0.1)),
        ),
        1_000,
        80,
      ).length,
  );
  expect(new Set(heights).size).toBe(1);
});

test('no live line is wider than the terminal', () => {
  for (const width of [20, 40, 79]) {
    const [bar = '', , , ...rows] = progressLines(board(1, [entry(1, 0.1)]), 1_000, width);
    for (const line of [bar, ...rows]) expect(line.length).toBeLessThanOrEqual(width);
  }
});

test('the result names the winner, its errors, the spread and the workers', () => {
  const entries = [entry(1, 0.025), entry(2, 0.05), entry(3, 0.1), entry(4, 0.9), entry(5, null)];
  const text = resultLines({ board: board(5, entries), elapsedMs: 10_000, workers: 2, names }, 120, plain).join('\n');
  expect(text).toContain('Winner: trial 11');
  expect(text).toContain('  dev error    2.5 %\n  train error  1.0 %\n  learningRate 0.0123\n  optimizer    adam\n');
  expect(text).toContain('best 2.5 %, median 7.5 %, worst 90.0 %');
  expect(text).toContain('5 trials in 10.0 s (0.50 trials/s) on 2 worker processes; 1 diverged');
});

test('the advice is the basic recipe: variance or bias, whichever is larger', () => {
  const lines = (train: number) =>
    resultLines({ board: board(1, [entry(1, 0.1, train)]), elapsedMs: 1, workers: 1, names }, 120, plain);
  expect(lines(0.01).join()).toContain('is variance');
  expect(lines(0.09).join()).toContain('is bias');
});

test.each([
  [0.9995123, '0.99951'],
  [0.95123, '0.951'],
  [0.0000443281, '0.0000443'],
  [0.85, '0.85'],
  [128, '128'],
])('%d is shown as %s', (learningRate, shown) => {
  const winner = { ...entry(1, 0.1), params: { learningRate } };
  const lines = resultLines({ board: board(1, [winner]), elapsedMs: 1, workers: 1, names }, 120, plain);
  expect(lines).toContain(`  learningRate ${shown}`);
});

test('a search without any result says so', () => {
  const nothing = { board: board(1, [entry(1, null)]), elapsedMs: 1, workers: 1, names };
  expect(resultLines(nothing, 80, plain)).toEqual(['No trial came to a result.']);
});

test('what to do next can be pasted into any shell: zsh takes a bare question mark for a pattern', () => {
  const curls = nextLines('srch_1', '.caviar', plain).filter((line) => line.includes('curl'));
  expect(curls.length).toBeGreaterThan(0);
  for (const line of curls) expect(line.replace(/"[^"]*"/g, '')).not.toMatch(/[?*[\]&]/);
});
