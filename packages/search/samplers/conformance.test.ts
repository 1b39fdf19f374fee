import type { SamplerSpec } from '@caviar/spec';
import { expect, it } from 'vitest';
import { samplerConformance } from '../testing/sampler-conformance.js';
import { findSampler, SAMPLERS } from './registry.js';

const SETTINGS: Readonly<Record<SamplerSpec['kind'], readonly SamplerSpec[]>> = {
  random: [{ kind: 'random' }],
  grid: [{ kind: 'grid', levels: 3 }],
  sobol: [{ kind: 'sobol' }],
  'coarse-to-fine': [
    { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
    { kind: 'coarse-to-fine', rounds: 5, shrink: 0.1, top: 1, base: 'sobol' },
  ],
};

for (const settings of Object.values(SETTINGS)) {
  for (const sampler of settings) samplerConformance(JSON.stringify(sampler), sampler);
}

it('runs for every sampler that is registered, each under its own name', () => {
  expect(Object.keys(SAMPLERS).sort()).toEqual(Object.keys(SETTINGS).sort());
  for (const kind of Object.keys(SAMPLERS) as SamplerSpec['kind'][]) expect(findSampler(kind).kind).toBe(kind);
});
