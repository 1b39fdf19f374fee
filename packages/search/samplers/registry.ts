import type { NamedSampler } from './auto.js';
import { cmaEsSampler } from './cma-es.js';
import { coarseToFineSampler } from './coarse-to-fine.js';
import { coarseToFineOver } from './coarse-to-fine-over.js';
import { gpSampler } from './gp.js';
import { gridSampler } from './grid.js';
import { nsga2Sampler } from './nsga2.js';
import { randomSampler } from './random.js';
import type { Sampler } from './sampler.js';
import { sobolSampler } from './sobol.js';
import { tpeSampler } from './tpe.js';

type SamplerOf<K extends NamedSampler['kind']> = Sampler<Extract<NamedSampler, { kind: K }>>;

/** The sampler of every kind that a spec can name; `auto` is one of them (`pickSampler`). */
export const SAMPLERS: { readonly [K in NamedSampler['kind']]: SamplerOf<K> } = {
  random: randomSampler,
  grid: gridSampler,
  sobol: sobolSampler,
  tpe: tpeSampler,
  'coarse-to-fine': coarseToFineSampler,
  'cma-es': cmaEsSampler,
  gp: gpSampler,
  nsga2: nsga2Sampler,
};

/** Coarse-to-fine over the samplers that learn. */
const COARSE_TO_FINE_OVER = {
  tpe: coarseToFineOver(tpeSampler),
  gp: coarseToFineOver(gpSampler),
  'cma-es': coarseToFineOver(cmaEsSampler),
  nsga2: coarseToFineOver(nsga2Sampler),
} as const;

/** The sampler with these settings. */
export function findSampler(sampler: NamedSampler): Sampler {
  const base = sampler.kind === 'coarse-to-fine' ? sampler.base : 'random';
  const over = base === 'random' || base === 'sobol' ? undefined : COARSE_TO_FINE_OVER[base];
  // The registry pairs each kind with the sampler of that kind; TypeScript cannot follow the pair through the lookup.
  return (over ?? SAMPLERS[sampler.kind]) as unknown as Sampler;
}
