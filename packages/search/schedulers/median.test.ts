import { describe, expect, it } from 'vitest';
import { runFlow } from '../testing/run-flow.js';
import { searchSpec } from '../testing/search-spec.js';

const space = { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;

describe('median', () => {
  const spec = searchSpec(space, {
    scheduler: { kind: 'median', startup: 3, warmup: 2, interval: 2, maxResource: 6 },
    parallelism: 1,
  });
  // Values at steps 2 and 4, and at the end; running averages at 4: 3, 4, 6, so the median is 4 there, and 5 at step 2.
  const curves = [
    [4, 2, 1],
    [5, 3, 2],
    [7, 5, 3],
    [4.9, 4.5, 4], // best 4.9 <= 5, then best 4.5 > 4: stopped at 4
    [5.1], // stopped at 2
    [5, 3.9, 0],
  ];
  const { commands, flow } = runFlow(spec, { totalTrials: 6, rounds: [] }, (number, toStep) => ({
    step: toStep ?? 6,
    value: curves[number]![(toStep ?? 6) / 2 - 1]!,
    status: toStep === null ? 'completed' : 'reached',
  }));

  it('stops what is worse than the median of running averages, as worked by hand', () => {
    const stops = commands.filter(({ kind }) => kind === 'stop');
    expect(stops).toEqual([
      {
        kind: 'stop',
        number: 3,
        reason: 'Step 4: its best value 4.5 is worse than the median 4 of the running averages of completed trials.',
      },
      {
        kind: 'stop',
        number: 4,
        reason: 'Step 2: its best value 5.1 is worse than the median 5 of the running averages of completed trials.',
      },
    ]);
    const completed = commands.flatMap((command) =>
      command.kind === 'observe' && command.status === 'completed' ? [command.number] : [],
    );
    expect(completed).toEqual([0, 1, 2, 5]);
  });

  it('shows its comparisons', () => {
    // with trial 5: 5 at step 2 (of 4, 5, 5, 7), and (4 + 4.45) / 2 at step 4 (of 3, 4, 4.45, 6)
    expect(flow.rungs()).toEqual([
      { bracket: null, step: 2, trials: 6, promoted: 5, cut: 5 },
      { bracket: null, step: 4, trials: 5, promoted: 4, cut: 4.225 },
    ]);
  });
});
