import type { NamedSampler } from './auto.js';
import { cmaEsSampler } from './cma-es.js';
import { coarseToFineSampler } from './coarse-to-fine.js';
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

/** The sampler of a kind. */
export function findSampler(kind: NamedSampler['kind']): Sampler {
  // The registry pairs each kind with the sampler of that kind; TypeScript cannot follow the pair through the lookup.
  return SAMPLERS[kind] as unknown as Sampler;
}
