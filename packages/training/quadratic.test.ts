import { describe, expect, it } from 'vitest';
import { startTraining, type TrainingJob, type TrainingRun, type TrainingStep } from './index.js';

const job = (params: TrainingJob['params']): TrainingJob => ({
  trainer: { kind: 'quadratic', params: {}, maxRetries: 2 },
  params,
  searchSeed: 1,
  trialNumber: 0,
  dataset: null,
});

function drain(run: TrainingRun): TrainingStep[] {
  const steps: TrainingStep[] = [];
  for (;;) {
    const step = run.next();
    steps.push(step);
    if (step.kind === 'end') return steps;
  }
}

/** w_k = 5 - 5 * 0.98^k, by repeated multiplication: from w <- w - 0.01 (2w - 10). */
function closedForm(k: number): number {
  let factor = 1;
  for (let i = 0; i < k; i++) factor *= 0.98;
  return 5 - 5 * factor;
}

describe('quadratic trainer', () => {
  it('follows the closed form of the notes and ends at 5', () => {
    const steps = drain(startTraining(job({})));
    expect(steps).toHaveLength(11);
    steps.slice(0, 10).forEach((step, i) => {
      if (step.kind !== 'measurement') throw new Error('expected a measurement');
      expect(step.step).toBe((i + 1) * 100);
      expect(step.metrics['w']).toBeCloseTo(closedForm(step.step), 10);
      expect(step.metrics['cost']).toBeCloseTo((closedForm(step.step) - 5) * (closedForm(step.step) - 5), 10);
    });
    expect(steps[9]).toMatchObject({ step: 1000 });
    const last = steps[9];
    expect(last?.kind === 'measurement' && Math.abs((last.metrics['w'] ?? 0) - 5)).toBeLessThan(1e-6);
    expect(steps[10]).toEqual({ kind: 'end', status: 'completed', reason: null });
  });

  it('measures every step when there are fewer than ten, and always the last', () => {
    const measured = (steps: number) =>
      drain(startTraining(job({ steps }))).flatMap((step) => (step.kind === 'measurement' ? [step.step] : []));
    expect(measured(3)).toEqual([1, 2, 3]);
    expect(measured(15)).toEqual([1, 3, 4, 6, 7, 9, 10, 12, 13, 15]);
  });

  it('goes on from a checkpoint bit for bit, wherever it was taken', () => {
    const whole = drain(startTraining(job({ learningRate: 0.037 })));
    const run = startTraining(job({ learningRate: 0.037 }));
    for (let taken = 0; taken <= 10; taken++) {
      expect(drain(startTraining(job({ learningRate: 0.037 }), run.checkpoint()))).toEqual(whole.slice(taken));
      run.next();
    }
  });

  it('ends a run whose step is too large as infeasible, after a measurement without numbers', () => {
    const steps = drain(startTraining(job({ learningRate: 2 })));
    expect(steps.at(-1)).toMatchObject({
      kind: 'end',
      status: 'infeasible',
      reason: expect.stringMatching(/step \d+/),
    });
    expect(steps.at(-2)).toMatchObject({ kind: 'measurement', metrics: { cost: null } });
  });

  it.each([
    [{ learningRate: 0 }, ['params', 'learningRate']],
    [{ coefficients: [0, 1, 2] }, ['params', 'coefficients']],
    [{ momentum: 0.9 }, ['params', 'momentum']],
  ])('refuses %j', (params, path) => {
    expect(() => startTraining(job(params))).toThrow(expect.objectContaining({ name: 'TrainingInputError', path }));
  });

  it('refuses a buffer that is no checkpoint', () => {
    const checkpoint = startTraining(job({})).checkpoint();
    expect(() => startTraining(job({}), new Uint8Array(3))).toThrow(/too short/);
    expect(() => startTraining(job({}), checkpoint.subarray(0, checkpoint.length - 1))).toThrow(/cut off/);
    const other = checkpoint.slice();
    other[4] = 99;
    expect(() => startTraining(job({}), other)).toThrow(/version 99/);
    other[0] = 0;
    expect(() => startTraining(job({}), other)).toThrow(/not a checkpoint/);
  });
});
