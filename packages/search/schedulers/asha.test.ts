import { describe, expect, it } from 'vitest';
import { inShort, runFlow } from '../testing/run-flow.js';
import { searchSpec } from '../testing/search-spec.js';

const space = { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
const asha = { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 } as const;
const spec = searchSpec(space, { scheduler: asha, parallelism: 1 });

describe('asha', () => {
  // Values at steps 1, 3 and 9 by trial; what is not asked for has no entry.
  const curves: Record<number, Record<number, number>> = {
    0: { 1: 0.9 },
    1: { 1: 0.5, 3: 0.45 },
    2: { 1: 0.7 },
    3: { 1: 0.4, 3: 0.35 },
    4: { 1: 0.8 },
    5: { 1: 0.6 },
    6: { 1: 0.3, 3: 0.2, 9: 0.1 },
  };
  const { flow, commands } = runFlow(spec, { totalTrials: 7, rounds: [] }, (number, toStep) => ({
    step: toStep ?? 9,
    value: curves[number]![toStep ?? 9]!,
    status: toStep === null ? 'completed' : 'reached',
  }));

  it('promotes as worked by hand', () => {
    const jobs = commands.filter(({ kind }) => kind !== 'observe').map(inShort);
    expect(jobs).toEqual([
      'create 0 to 1',
      'create 1 to 1',
      'create 2 to 1',
      'continue 1 to 3', // 3 at step 1, the best 1: 0.5
      'create 3 to 1',
      'continue 3 to 3', // 4 at step 1, the best 1 is 0.4 now
      'create 4 to 1',
      'create 5 to 1', // 6 at step 1, the best 2 have gone on
      'create 6 to 1',
      'continue 6 to 3', // 7 at step 1, the best 2: 0.3 and 0.4
      'continue 6 to end', // 3 at step 3, the best 1: 0.2
      'stop 5',
      'stop 2',
      'stop 4',
      'stop 0',
      'stop 3',
      'stop 1',
    ]);
    expect(flow.finished()).toBe(true);
  });

  it('says why', () => {
    const reasons = commands.flatMap((command) => ('reason' in command ? [command.reason] : []));
    expect(reasons).toContain('Rung 1 of 3 at step 1: among the best 2 of 7, so it goes on to step 3.');
    expect(reasons).toContain('Rung 2 of 3 at step 3: among the best 1 of 3, so it goes on to its end.');
    expect(reasons).toContain('Rung 1 of 3 at step 1: number 4 of 7, and the best 2 go on.');
  });

  it('shows its rungs', () => {
    expect(flow.rungs()).toEqual([
      { bracket: null, step: 1, trials: 7, promoted: 3, cut: 0.4 },
      { bracket: null, step: 3, trials: 3, promoted: 1, cut: 0.2 },
    ]);
  });

  it('lets the best go to its end when too few trials come for a promotion', () => {
    const { commands: few } = runFlow(spec, { totalTrials: 2, rounds: [] }, (number, toStep) => ({
      step: toStep ?? 9,
      value: -number,
      status: toStep === null ? 'completed' : 'reached',
    }));
    expect(few.filter(({ kind }) => kind !== 'observe').map(inShort)).toEqual([
      'create 0 to 1',
      'create 1 to 1',
      'continue 1 to 3',
      'continue 1 to end',
      'stop 0',
    ]);
  });

  it('counts those that fail on the way, and stops those without a finite value at once', () => {
    const { commands: mixed } = runFlow(spec, { totalTrials: 3, rounds: [] }, (number, toStep) => {
      if (number === 0) return { step: 0, value: null, status: 'failed' };
      if (number === 1 && toStep === 1) return { step: 1, value: null, status: 'reached' };
      return { step: toStep ?? 9, value: 1, status: toStep === null ? 'completed' : 'reached' };
    });
    expect(mixed.map(inShort)).toEqual([
      'create 0 to 1',
      'observe 0 at 0: failed null',
      'create 1 to 1',
      'stop 1',
      'observe 1 at 1: pruned null',
      'create 2 to 1',
      'observe 2 at 1: paused 1',
      'continue 2 to 3',
      'observe 2 at 3: paused 1',
      'continue 2 to end',
      'observe 2 at 9: completed 1',
    ]);
  });

  it.each(['failed', 'infeasible', 'cancelled'] as const)(
    'gives no place to a trial that is %s on its way, however good it was before',
    (status) => {
      const { commands: jobs } = runFlow(spec, { totalTrials: 10, rounds: [] }, (number, toStep) => {
        if (number === 0 && toStep !== 1) return { step: 1, value: 0.01, status };
        return { step: toStep ?? 9, value: 0.1 + number / 100, status: toStep === null ? 'completed' : 'reached' };
      });
      const lines = jobs.filter(({ kind }) => kind !== 'observe' && kind !== 'stop').map(inShort);
      expect(lines.slice(0, 14)).toEqual([
        'create 0 to 1',
        'create 1 to 1',
        'create 2 to 1',
        'continue 0 to 3', // which ends on the way
        'create 3 to 1',
        'create 4 to 1',
        'create 5 to 1',
        'continue 1 to 3',
        'create 6 to 1',
        'create 7 to 1',
        'create 8 to 1',
        'continue 2 to 3',
        ...(status === 'cancelled' ? [] : ['continue 1 to end']), // 3 at step 3, the best 1 of those that have a value there
        'create 9 to 1',
        ...(status === 'cancelled' ? ['continue 1 to end'] : []), // 2 at step 3, and the best when no more came
      ]);
    },
  );
});
