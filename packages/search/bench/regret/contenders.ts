import type { SamplerSpec } from '@caviar/spec';

/** A sampler that is compared; `perTrial` trials of it count as one. */
export interface Contender {
  readonly name: string;
  readonly sampler: SamplerSpec;
  readonly perTrial: number;
}

export const CONTENDERS: readonly Contender[] = [
  { name: 'random', sampler: { kind: 'random' }, perTrial: 1 },
  { name: 'random x2', sampler: { kind: 'random' }, perTrial: 2 },
  { name: 'sobol', sampler: { kind: 'sobol' }, perTrial: 1 },
  { name: 'tpe', sampler: { kind: 'tpe', startup: 10, candidates: 24 }, perTrial: 1 },
  {
    name: 'coarse-to-fine',
    sampler: { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
    perTrial: 1,
  },
  { name: 'cma-es', sampler: { kind: 'cma-es' }, perTrial: 1 },
  { name: 'gp', sampler: { kind: 'gp', startup: 10 }, perTrial: 1 },
  { name: 'auto', sampler: { kind: 'auto' }, perTrial: 1 },
];
