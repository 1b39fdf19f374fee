import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { TrialRecord } from './history.js';
import { sobolDraw } from './samplers/sobol.js';
import { compileSpace } from './space/compile-space.js';
import {
  type LearningContext,
  observe,
  SUMMARY_FORM,
  startLearning,
  suggestNext,
  summarizeLearning,
} from './suggest.js';
import { mixedOutcome } from './testing/outcomes.js';
import { searchSpec } from './testing/search-spec.js';
import { SPACES } from './testing/spaces.js';

/** More than a learner looks at, so that most of them are forgotten. */
const TRIALS = 900;
const sampler = { kind: 'tpe', startup: 10, candidates: 24 } as const;

function historyOf(space: (typeof SPACES)[string]): TrialRecord[] {
  const draw = sobolDraw(compileSpace(space), 5);
  return Array.from({ length: TRIALS }, (_, number) => {
    const outcome = mixedOutcome(number);
    const status = typeof outcome === 'number' ? ('completed' as const) : outcome;
    const value = typeof outcome === 'number' ? outcome : null;
    return { number, params: draw(number % 300), status, value, step: 1 + (number % 4) };
  });
}

const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));
/** With none pending, and with some. */
function proposals(learning: LearningContext, history: readonly TrialRecord[]) {
  return [0, 1, 7].map((ahead) => {
    const pending = history.slice(0, ahead).map(({ params }, i) => ({ number: TRIALS + i, params }));
    return suggestNext(learning, TRIALS + ahead, pending);
  });
}

describe.each(Object.entries(SPACES))('a summary of tpe on %s', (_, space) => {
  const spec = searchSpec(space, { sampler, stop: { maxTrials: 10 * TRIALS }, parallelism: 8 });
  const history = historyOf(space);
  const whole = startLearning(spec)!;
  observe(whole, history);

  it.each([5, 300, TRIALS])('after %i trials leads to the proposals of all of them, bit for bit', (below) => {
    const first = startLearning(spec)!;
    observe(first, history.slice(0, below));
    const summary = summarizeLearning(first)!;
    expect(summary.below).toBe(below);
    const resumed = startLearning(spec, undefined, stored(summary))!;
    observe(resumed, history.slice(0, below)); // known already
    observe(resumed, history.slice(below));
    expect(proposals(resumed, history)).toEqual(proposals(whole, history));
    expect(stored(summarizeLearning(resumed))).toEqual(stored(summarizeLearning(whole)));
  });

  it('holds also where trials after it wait for a scheduler, are recorded anew and go', () => {
    const below = 400;
    const first = startLearning(spec)!;
    observe(first, history.slice(0, below));
    const summary = summarizeLearning(first)!;
    const resumed = startLearning(spec, undefined, stored(summary))!;
    const rest = history.slice(below);
    // Better than all the rest while they wait, so that those known from the summary are pushed out and come back.
    const waiting = rest.map((trial) => ({
      ...trial,
      status: 'paused' as const,
      value: -1000 - trial.number,
      step: 9,
    }));
    for (const records of [waiting, rest]) observe(resumed, records);
    expect(proposals(resumed, history)).toEqual(proposals(whole, history));
  });
});

test.each(Object.entries(SPACES))('a summary is small: %s', (_, space) => {
  const learning = startLearning(searchSpec(space, { sampler, stop: { maxTrials: 9999 } }))!;
  observe(learning, historyOf(space));
  expect(JSON.stringify(summarizeLearning(learning)!).length).toBeLessThan(400_000);
});

test('none is made while the outcome of a trial is to come, nor of a sampler that cannot say', () => {
  const space = SPACES['the documented example']!;
  const history = historyOf(space).slice(0, 20);
  const spec = searchSpec(space, { sampler, stop: { maxTrials: 100 } });
  const gap = startLearning(spec)!;
  observe(gap, [...history.slice(0, 10), ...history.slice(11)]);
  expect(summarizeLearning(gap)).toBeNull();
  const waits = startLearning(spec)!;
  observe(waits, [...history, { ...history[0]!, number: 20, status: 'paused' }]);
  expect(summarizeLearning(waits)).toBeNull();
  observe(waits, [{ ...history[0]!, number: 20 }]);
  expect(summarizeLearning(waits)?.below).toBe(21);
  const other = startLearning(
    searchSpec(space, { sampler: { kind: 'nsga2', population: 8 }, stop: { maxTrials: 100 } }),
  )!;
  observe(other, history);
  expect(summarizeLearning(other)).toBeNull();
});

test('trials of earlier searches are part of it', () => {
  const space = SPACES['the documented example']!;
  const spec = searchSpec(space, { sampler, stop: { maxTrials: 10 * TRIALS } });
  const history = historyOf(space);
  const prior = history.slice(0, 50).map((trial) => ({ ...trial, number: trial.number - 50 }));
  const state = { rounds: [], spaceFirstNumber: 0, prior };
  const [whole, first] = [startLearning(spec, state)!, startLearning(spec, state)!];
  for (const learning of [whole, first]) observe(learning, history.slice(0, 60));
  const resumed = startLearning(spec, state, stored(summarizeLearning(first)!))!;
  for (const learning of [whole, resumed]) observe(learning, history.slice(60));
  expect(proposals(resumed, history)).toEqual(proposals(whole, history));
});

test('the form has a number: who changes what summaries hold raises SUMMARY_FORM, and then this', () => {
  const space = SPACES['the documented example']!;
  const learning = startLearning(searchSpec(space, { sampler, stop: { maxTrials: 9999 } }))!;
  observe(learning, historyOf(space));
  const digest = createHash('sha256')
    .update(JSON.stringify(summarizeLearning(learning)))
    .digest('hex');
  expect([SUMMARY_FORM, digest.slice(0, 16)]).toEqual([2, 'afada2884a9f68be']);
});
