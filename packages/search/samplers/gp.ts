import type { SamplerSpec } from '@caviar/spec';
import { GaussianProcessLearner } from './gp/learner.js';
import type { LearningSampler } from './sampler.js';

/**
 * Models the objective by a Gaussian process and proposes where the expected improvement is largest (Jones, Schonlau and
 * Welch, J. Global Optimization 13, 1998).
 */
export const gpSampler: LearningSampler<Extract<SamplerSpec, { kind: 'gp' }>> = {
  kind: 'gp',
  previewAs: () => ({ kind: 'sobol' }),
  learn: (problem) => new GaussianProcessLearner(problem),
};
