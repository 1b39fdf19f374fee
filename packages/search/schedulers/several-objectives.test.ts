import type { SchedulerSpec, SearchSpec } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../flow/commands.js';
import { inShort, runFlow } from '../testing/run-flow.js';
import { searchSpec } from '../testing/search-spec.js';

const space = { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
const objectives = [
  { metric: 'error', direction: 'minimize' },
  { metric: 'size', direction: 'minimize' },
] as const;
const both = { objective: objectives[0], objectives };
const constraints = [{ metric: 'latency', max: 1 }];

/** Runs trials whose outcomes at each step are listed, one at a time. */
function run(scheduler: SchedulerSpec, goal: Partial<SearchSpec>, outcomes: readonly Record<number, Outcome>[]) {
  const spec = searchSpec(space, { scheduler, parallelism: 1, ...goal });
  const last = scheduler.kind === 'fifo' ? 1 : scheduler.maxResource!;
  return runFlow(spec, { totalTrials: outcomes.length, rounds: [] }, (number, toStep) => ({
    step: toStep ?? last,
    ...outcomes[number]![toStep ?? last]!,
    status: toStep === null ? 'completed' : 'reached',
  }));
}

const at = (...values: number[]): Outcome => ({ value: values[0]!, values });
const bounded = (value: number, violation: number): Outcome => ({ value, violation, gap: violation || -1 });

describe('asha by domination', () => {
  const { commands, flow } = run({ kind: 'asha', minResource: 1, maxResource: 9, eta: 3 }, both, [
    { 1: at(5, 5) },
    { 1: at(1, 4), 3: at(0.5, 3) },
    { 1: at(4, 1), 3: at(3, 0.5) },
    { 1: at(2, 2) },
    { 1: at(6, 6) },
    { 1: at(7, 7) },
    { 1: at(0, 0), 3: at(0.1, 0.1), 9: at(0, 0) },
  ]);

  it('promotes as worked by hand', () => {
    expect(commands.filter(({ kind }) => kind !== 'observe').map(inShort)).toEqual([
      'create 0 to 1',
      'create 1 to 1',
      'create 2 to 1',
      'continue 1 to 3', // one place: 1 and 2 share the first front, both at its ends
      'create 3 to 1',
      'create 4 to 1',
      'create 5 to 1',
      'continue 2 to 3', // two places of six; 3 lies between 1 and 2
      'create 6 to 1',
      'continue 6 to 3', // alone on the first front now
      'continue 6 to end',
      'stop 3',
      'stop 0',
      'stop 4',
      'stop 5',
      'stop 1',
      'stop 2',
    ]);
  });

  it('says on which front a trial lies', () => {
    const reasons = commands.flatMap((command) => ('reason' in command ? [command.reason] : []));
    expect(reasons).toContain(
      'Rung 1 of 3 at step 1: among the best 2 of 7 (by domination: front 1), so it goes on to step 3.',
    );
    expect(reasons).toContain('Rung 1 of 3 at step 1: number 5 of 7 (by domination: front 3), and the best 2 go on.');
    expect(flow.rungs()).toEqual([
      { bracket: null, step: 1, trials: 7, promoted: 3, cut: null },
      { bracket: null, step: 3, trials: 3, promoted: 1, cut: null },
    ]);
  });
});

describe('brackets', () => {
  const halving = { kind: 'successive-halving', minResource: 1, maxResource: 3, eta: 3 } as const;

  it('cut by domination, not by the first objective', () => {
    const { commands } = run(halving, both, [{ 1: at(1, 9) }, { 1: at(2, 1), 3: at(2, 1) }, { 1: at(3, 2) }]);
    // 0 and 1 share the front; with one place the lower number goes on
    expect(commands.filter(({ kind }) => kind === 'continue').map(({ number }) => number)).toEqual([0]);
  });

  it('put those that keep the constraints first, then those that break them least', () => {
    const { commands } = run(halving, { constraints }, [
      { 1: bounded(0.1, 0.5) },
      { 1: bounded(0.9, 0) },
      { 1: bounded(0.5, 0), 3: bounded(0.4, 0) },
      { 1: bounded(0.1, 0.5) },
      { 1: bounded(0.2, 0.3), 3: bounded(0.2, 0.1) },
      { 1: bounded(0.1, 0.4) },
    ]);
    expect(commands.filter(({ kind }) => kind === 'continue').map(({ number }) => number)).toEqual([2, 4]);
    expect(commands.find(({ kind, number }) => kind === 'stop' && number === 0)).toMatchObject({
      reason:
        'Cohort 1, rung 1 of 2 at step 1: number 3 of 3 (those that keep the constraints first), and the best 1 go on.',
    });
  });
});

describe('median by domination', () => {
  it('stops a trial when more than half of the averages lie on fronts before it', () => {
    const { commands } = run({ kind: 'median', startup: 3, warmup: 2, interval: 2, maxResource: 4 }, both, [
      { 2: at(1, 5), 4: at(1, 5) },
      { 2: at(5, 1), 4: at(5, 1) },
      { 2: at(9, 9), 4: at(9, 9) },
      { 2: at(6, 6) },
      { 2: at(3, 3), 4: at(3, 3) },
    ]);
    expect(commands.filter(({ kind }) => kind === 'stop')).toEqual([
      {
        kind: 'stop',
        number: 3,
        reason:
          'Step 2: its best values, on front 2, are worse than half of the running averages of completed trials (2 of 3 are ahead).',
      },
    ]);
  });
});

describe('pbt by domination', () => {
  it('copies the front and replaces what is behind it', () => {
    const pbt = {
      kind: 'pbt',
      population: 4,
      interval: 1,
      quantile: 0.25,
      factors: [0.8],
      resample: 0,
      maxResource: 2,
    } as const;
    const end = { 2: at(0, 0) };
    const { commands } = run(pbt, both, [
      { 1: at(9, 1), ...end },
      { 1: at(1, 9), ...end },
      { 1: at(9, 9), ...end },
      { 1: at(2, 2), ...end },
      end,
    ]);
    const copy = commands.find((command) => command.kind === 'create' && command.from !== undefined);
    expect(copy).toMatchObject({ number: 4, from: { number: 0, step: 1 } });
    expect(commands.filter(({ kind }) => kind === 'stop').map(({ number }) => number)).toEqual([2]);
  });
});

describe('a target', () => {
  it('is not reached by a trial that breaks a constraint', () => {
    const goal = { constraints, stop: { maxTrials: 3, targetValue: 0.5 } };
    const { commands } = run({ kind: 'fifo' }, goal, [
      { 1: bounded(0.1, 0.5) },
      { 1: bounded(0.4, 0) },
      { 1: bounded(0.4, 0) },
    ]);
    expect(commands.filter(({ kind }) => kind === 'create')).toHaveLength(2);
  });
});
