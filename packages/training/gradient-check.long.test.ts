import { describe, expect, it } from 'vitest';
import { gradientCases } from './fixtures/gradient-cases.js';
import { mlpJob } from './fixtures/jobs.js';
import { checkGradients } from './gradient-check.js';

describe('backpropagation against two-sided differences, at more depths, at first and after some training', () => {
  it.each(gradientCases([[7], [9, 8, 17]]))('$name', ({ dataset, params }) => {
    const job = mlpJob(dataset, { ...params, learningRate: 0.01 });
    for (const epochs of [0, 3]) {
      const check = checkGradients(job, { examples: 11, epochs });
      expect(check.relativeError).toBeLessThan(1e-7);
      for (const layer of check.layers) expect(layer, JSON.stringify(layer)).toMatchObject({ verdict: 'great' });
    }
  });
});
