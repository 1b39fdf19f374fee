import type { NamedSampler } from '../samplers/auto.js';

/** Every sampler with the settings it is tried with by the conformance suites. */
export const SAMPLER_SETTINGS: Readonly<Record<NamedSampler['kind'], readonly NamedSampler[]>> = {
  random: [{ kind: 'random' }],
  grid: [{ kind: 'grid', levels: 3 }],
  sobol: [{ kind: 'sobol' }],
  tpe: [
    { kind: 'tpe', startup: 10, candidates: 24 },
    { kind: 'tpe', startup: 1, candidates: 1 },
  ],
  'coarse-to-fine': [
    { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
    { kind: 'coarse-to-fine', rounds: 5, shrink: 0.1, top: 1, base: 'sobol' },
    { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'tpe' },
    { kind: 'coarse-to-fine', rounds: 2, shrink: 0.4, top: 0.2, base: 'cma-es' },
    { kind: 'coarse-to-fine', rounds: 2, shrink: 0.4, top: 0.2, base: 'nsga2' },
  ],
  'cma-es': [{ kind: 'cma-es' }],
  nsga2: [{ kind: 'nsga2', population: 8 }],
  gp: [{ kind: 'gp', startup: 10 }],
};
