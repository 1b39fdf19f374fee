import { describe, expect, it } from 'vitest';
import { inShort, runFlow } from '../testing/run-flow.js';
import { searchSpec } from '../testing/search-spec.js';
import { bracketPlans } from './hyperband.js';

const space = { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
const resources = { minResource: 1, maxResource: 81, eta: 3 };

describe('hyperband', () => {
  it("has the brackets of the paper's table 1 (R = 81, eta = 3)", () => {
    expect(bracketPlans({ kind: 'hyperband', ...resources })).toEqual([
      { s: 4, size: 81, steps: [1, 3, 9, 27, 81] },
      { s: 3, size: 34, steps: [3, 9, 27, 81] },
      { s: 2, size: 15, steps: [9, 27, 81] },
      { s: 1, size: 8, steps: [27, 81] },
      { s: 0, size: 5, steps: [81] },
    ]);
  });

  it('lets as many trials go on at each rung as the table says', () => {
    const spec = searchSpec(space, { scheduler: { kind: 'hyperband', ...resources }, parallelism: 7 });
    const { flow, commands } = runFlow(spec, { totalTrials: 143, rounds: [] }, (number, toStep) => ({
      step: toStep ?? 81,
      value: (number * 37) % 143,
      status: toStep === null ? 'completed' : 'reached',
    }));
    const counted = flow.rungs().map(({ bracket, step, trials, promoted }) => [bracket, step, trials, promoted]);
    expect(counted).toEqual([
      [4, 1, 81, 27],
      [4, 3, 27, 9],
      [4, 9, 9, 3],
      [4, 27, 3, 1],
      [3, 3, 34, 11],
      [3, 9, 11, 3],
      [3, 27, 3, 1],
      [2, 9, 15, 5],
      [2, 27, 5, 1],
      [1, 27, 8, 2],
    ]);
    const completed = commands.filter((command) => command.kind === 'observe' && command.status === 'completed');
    expect(completed).toHaveLength(1 + 1 + 1 + 2 + 5);
    expect(commands.find(({ kind }) => kind === 'create')).toMatchObject({
      reason: 'Bracket 1 (s = 4): number 1 of 81, to step 1.',
    });
  });
});

describe('successive halving', () => {
  const spec = searchSpec(space, {
    scheduler: { kind: 'successive-halving', minResource: 1, maxResource: 9, eta: 3 },
    parallelism: 1,
  });
  // Cohorts of 9; the second has three trials only, as there are no more.
  const values = [5, 3, 8, 1, 9, 2, 7, 6, 4, 20, 10, 30];
  const { commands } = runFlow(spec, { totalTrials: 12, rounds: [] }, (number, toStep) => ({
    step: toStep ?? 9,
    value: values[number]!,
    status: toStep === null ? 'completed' : 'reached',
  }));

  it('cuts a cohort when all have come, as worked by hand', () => {
    const shown = commands.filter(({ kind }) => kind !== 'observe').map(inShort);
    expect(shown).toEqual([
      ...Array.from({ length: 9 }, (_, number) => `create ${number} to 1`),
      // 1, 2, 3 go on; 4, 5, 6, 7, 8, 9 do not
      'stop 8',
      'stop 0',
      'stop 7',
      'stop 6',
      'stop 2',
      'stop 4',
      'continue 3 to 3',
      'continue 5 to 3',
      'continue 1 to 3',
      'stop 5',
      'stop 1',
      'continue 3 to end',
      'create 9 to 1',
      'create 10 to 1',
      'create 11 to 1',
      'stop 9',
      'stop 11',
      'continue 10 to 3',
      'continue 10 to end',
    ]);
  });

  it('says why', () => {
    const reasons = commands.flatMap((command) => ('reason' in command ? [command.reason] : []));
    expect(reasons).toContain(
      'Cohort 1, rung 1 of 3 at step 1: number 3 of 9, and the best 3 go on, this one to step 3.',
    );
    expect(reasons).toContain('Cohort 1, rung 2 of 3 at step 3: number 2 of 3, and the best 1 go on.');
  });
});
