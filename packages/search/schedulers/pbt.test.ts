import { describe, expect, it } from 'vitest';
import { inShort, runFlow } from '../testing/run-flow.js';
import { searchSpec } from '../testing/search-spec.js';

const space = { learningRate: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
const pbt = {
  kind: 'pbt',
  population: 4,
  interval: 2,
  quantile: 0.25,
  factors: [0.8, 1.2],
  resample: 0,
  maxResource: 5,
} as const;
const spec = searchSpec(space, { scheduler: pbt, parallelism: 2 });
const run = (totalTrials: number, failing = -1) =>
  runFlow(spec, { totalTrials, rounds: [] }, (number, toStep) =>
    number === failing
      ? { step: 1, value: null, status: 'failed' }
      : { step: toStep ?? 5, value: number, status: toStep === null ? 'completed' : 'reached' },
  ).commands.filter(({ kind }) => kind !== 'observe');

describe('pbt', () => {
  it('replaces the worst by copies of the best before the others go on', () => {
    const commands = run(6);
    expect(commands.map(inShort)).toEqual([
      'create 0 to 2',
      'create 1 to 2',
      'create 2 to 2',
      'create 3 to 2',
      'create 4 to 4', // out of trial 0
      'stop 3',
      'continue 0 to 4',
      'continue 1 to 4',
      'continue 2 to 4',
      'create 5 to end', // 4 is the worst now
      'stop 4',
      'continue 0 to end',
      'continue 1 to end',
      'continue 2 to end',
    ]);
    expect(commands[4]).toMatchObject({
      from: { number: 0, step: 2 },
      reason: 'Generation 1 at step 2: number 4 of 4; a copy of trial 0 takes its place.',
    });
  });

  it('lets the worst go on when no more trials may be made', () => {
    expect(run(4).map(inShort)).toEqual([
      ...[0, 1, 2, 3].map((number) => `create ${number} to 2`),
      ...[3, 0, 1, 2].map((number) => `continue ${number} to 4`),
      ...[3, 0, 1, 2].map((number) => `continue ${number} to end`),
    ]);
  });

  it('fills the place of a member that failed, and begins again when a population has come to its end', () => {
    const commands = run(9, 1).map(inShort);
    expect(commands.slice(4, 6)).toEqual(['create 4 to 4', 'continue 0 to 4']);
    expect(commands.filter((command) => command.endsWith('to 2')).length).toBeGreaterThan(4);
  });

  it.each([2, 3])('replaces one of a population of %i, which has no quarter', (population) => {
    const small = searchSpec(space, { scheduler: { ...pbt, population }, parallelism: population });
    const { commands } = runFlow(small, { totalTrials: population + 1, rounds: [] }, (number, toStep) => ({
      step: toStep ?? 5,
      value: number,
      status: toStep === null ? 'completed' : 'reached',
    }));
    expect(commands.find((command) => command.kind === 'create' && command.number === population)).toMatchObject({
      from: { number: 0, step: 2 },
      reason: `Generation 1 at step 2: number ${population} of ${population}; a copy of trial 0 takes its place.`,
    });
  });
});
