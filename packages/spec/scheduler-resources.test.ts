import { describe, expect, it } from 'vitest';
import { checkScheduler, completeScheduler } from './scheduler-resources.js';
import { searchSpecInputSchema } from './search-spec.js';
import { externalTrainer } from './trainers/external.js';
import { mlpTrainer } from './trainers/mlp.js';
import { quadraticTrainer } from './trainers/quadratic.js';

const asha = { kind: 'asha' };
const input = (scheduler: object, trainerParams: object = { epochs: 27 }, space: object = {}) =>
  searchSpecInputSchema.parse({
    trainer: { kind: 'mlp', dataset: 'digits', params: trainerParams },
    space: { learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' }, ...space },
    scheduler,
    stop: { maxTrials: 9 },
  });

describe('pbt', () => {
  const pbt = { kind: 'pbt', population: 4, maxResource: 9 };

  it('needs something that may change on the way, and training that is ours', () => {
    expect(checkScheduler(input({ kind: 'pbt' }), mlpTrainer)).toEqual([]);
    const fixed = {
      ...input({ kind: 'pbt' }),
      space: { hiddenUnits: { kind: 'int', min: 1, max: 9, scale: 'linear' } },
    } as const;
    expect(checkScheduler(fixed, mlpTrainer)).toMatchObject([
      { path: ['scheduler', 'kind'], message: expect.stringMatching(/^needs a searched parameter/) },
    ]);
    expect(
      checkScheduler({ ...input(pbt), trainer: { kind: 'external', params: {}, maxRetries: 2 } }, externalTrainer),
    ).toEqual([
      {
        path: ['scheduler', 'kind'],
        message:
          'copies trials in the middle of training, which the trainer external leaves to code that is not ours: any other will do',
      },
    ]);
  });
});

describe('maxResource', () => {
  it("is the trainer's own number of steps: fixed, by default, or the most of a searched range", () => {
    const resolved = (...of: Parameters<typeof input>) => completeScheduler(input(...of), mlpTrainer);
    expect(resolved(asha)).toEqual({ kind: 'asha', minResource: 1, maxResource: 27, eta: 3 });
    expect(resolved(asha, {})).toMatchObject({ maxResource: 10 });
    expect(resolved(asha, {}, { epochs: { kind: 'int', min: 5, max: 40 } })).toMatchObject({ maxResource: 40 });
    expect(resolved({ kind: 'fifo' })).toEqual({ kind: 'fifo' });
    const quadratic = searchSpecInputSchema.parse({
      ...input(asha),
      trainer: { kind: 'quadratic', params: { steps: 100 } },
    });
    expect(completeScheduler(quadratic, quadraticTrainer)).toMatchObject({ maxResource: 100 });
  });

  it('must be named where the spec does not fix it', () => {
    const choices = { epochs: { kind: 'categorical', choices: [9, 27] } };
    expect(checkScheduler(input(asha, {}, choices), mlpTrainer)).toEqual([
      {
        path: ['scheduler', 'maxResource'],
        message: 'is needed: the spec does not fix for how many steps the trainer mlp trains',
      },
    ]);
    expect(checkScheduler(input({ ...asha, maxResource: 27 }, {}, choices), mlpTrainer)).toEqual([]);
    const unknown = { ...mlpTrainer, parameters: [] };
    expect(checkScheduler(input(asha), unknown)).toHaveLength(1);
    expect(completeScheduler(input(asha), unknown)).not.toHaveProperty('maxResource');
  });

  it('may not contradict the trainer, or be less than minResource', () => {
    expect(checkScheduler(input({ ...asha, maxResource: 30 }), mlpTrainer)).toMatchObject([
      { path: ['scheduler', 'maxResource'], message: expect.stringContaining('must be 27') },
    ]);
    expect(checkScheduler(input({ ...asha, minResource: 28 }), mlpTrainer)).toMatchObject([
      { path: ['scheduler', 'minResource'], message: 'must not be more than the 27 steps of a whole trial' },
    ]);
    expect(checkScheduler(input({ ...asha, minResource: 27, maxResource: 27 }), mlpTrainer)).toEqual([]);
    expect(checkScheduler(input({ kind: 'fifo' }), mlpTrainer)).toEqual([]);
  });
});

describe('interval', () => {
  const of = (scheduler: object) =>
    checkScheduler(
      { ...input(scheduler), trainer: { kind: 'external', params: {}, maxRetries: 2 } },
      externalTrainer,
    ).filter(({ path }) => path.at(-1) === 'interval');

  it.each(['median', 'pbt'])('of %s leaves at most a thousand comparisons', (kind) => {
    expect(of({ kind, interval: 1, maxResource: 1000 })).toEqual([]);
    expect(of({ kind, maxResource: 3_000_000 })).toEqual([]);
    expect(of({ kind, interval: 3000, maxResource: 3_000_000 })).toEqual([]);
    expect(of({ kind, interval: 2999, maxResource: 3_000_000 })).toEqual([
      {
        path: ['scheduler', 'interval'],
        message: 'must be at least 3000: a trial of 3000000 steps is compared at 1000 of them at most',
      },
    ]);
  });
});
