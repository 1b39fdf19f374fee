import { describe, expect, it } from 'vitest';
import { mixedCurve } from '../testing/curves.js';
import { inShort, runFlow } from '../testing/run-flow.js';
import { searchSpec } from '../testing/search-spec.js';
import { createFlow } from './flow.js';

const space = { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
const asha = { kind: 'asha', minResource: 1, maxResource: 27, eta: 3 } as const;

describe('fifo', () => {
  it('shows trial n the outcomes of all below n - parallelism + 1, as the window does', () => {
    const spec = searchSpec(space, { parallelism: 4 });
    const flow = createFlow(spec, { totalTrials: 40, rounds: [] });
    const results = Array.from({ length: 40 }, (_, number) => ({ number, ...mixedCurve(number, null) }));
    flow.feed([...results].reverse());
    const observed: number[] = [];
    for (const command of flow.take()) {
      if (command.kind === 'observe') observed.push(command.number);
      if (command.kind !== 'create') continue;
      const { number } = command;
      expect(observed).toEqual(Array.from({ length: Math.max(0, number - 3) }, (_, i) => i));
    }
    expect(flow.finished()).toBe(true);
  });

  it('waits for the trial whose turn it is, and says so', () => {
    const flow = createFlow(searchSpec(space, { parallelism: 2 }), { totalTrials: 3, rounds: [] });
    expect(flow.take().map(inShort)).toEqual(['create 0 to end', 'create 1 to end']);
    flow.feed([{ number: 1, step: 5, value: 0.5, status: 'completed' }]);
    expect(flow.take()).toEqual([]);
    expect(flow.waitingFor()).toEqual([{ number: 0, toStep: null }]);
    flow.feed([{ number: 0, step: 5, value: 0.6, status: 'completed' }]);
    expect(flow.take().map(inShort)).toEqual([
      'observe 0 at 5: completed 0.6',
      'create 2 to end',
      'observe 1 at 5: completed 0.5',
    ]);
  });

  it('takes results as they come in throughput mode', () => {
    const spec = searchSpec(space, { parallelism: 2, reproducibility: 'throughput' });
    const flow = createFlow(spec, { totalTrials: 3, rounds: [] });
    flow.take();
    expect(flow.waitingFor()).toHaveLength(2);
    flow.feed([{ number: 1, step: 5, value: 0.5, status: 'completed' }]);
    expect(flow.take().map(inShort)).toEqual(['observe 1 at 5: completed 0.5', 'create 2 to end']);
  });
});

it('needs no more than the ends of trials that were pruned or cancelled while they waited', () => {
  const spec = searchSpec(space, { scheduler: asha, parallelism: 1 });
  const flow = createFlow(spec, { totalTrials: 3, rounds: [] });
  flow.feed([
    { number: 0, step: 1, value: 3, status: 'pruned' },
    { number: 1, step: 1, value: 1, status: 'cancelled' },
    { number: 2, step: 1, value: 2, status: 'pruned' },
  ]);
  expect(
    flow
      .take()
      .filter(({ kind }) => kind !== 'observe')
      .map(inShort),
  ).toEqual([
    'create 0 to 1',
    'create 1 to 1',
    'create 2 to 1',
    'continue 1 to 3', // which has been cancelled, and so ends
    'continue 2 to 3',
    'continue 0 to 3',
  ]);
});

it('settles a round before the next, stopping what nothing can promote', () => {
  const spec = searchSpec(space, { scheduler: asha, parallelism: 3 });
  const rounds = [
    { index: 0, firstNumber: 0, endNumber: 5 },
    { index: 1, firstNumber: 5, endNumber: 9 },
  ];
  const { commands, flow } = runFlow(spec, { totalTrials: 9, rounds }, (number, toStep) => ({
    step: toStep ?? 27,
    value: number,
    status: toStep === null ? 'completed' : 'reached',
  }));
  const first = commands.findIndex((command) => command.kind === 'create' && command.number === 5);
  const ended = commands
    .slice(0, first)
    .flatMap((command) => (command.kind === 'observe' && command.status !== 'paused' ? [command.number] : []));
  expect(ended.sort()).toEqual([0, 1, 2, 3, 4]);
  expect(flow.finished()).toBe(true);
});

it('refuses a spec that is not complete', () => {
  const spec = searchSpec(space, { scheduler: { kind: 'asha', minResource: 1, eta: 3 } });
  expect(() => createFlow(spec, { totalTrials: 3, rounds: [] })).toThrow('maxResource');
});
