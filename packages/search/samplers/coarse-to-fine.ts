import type { Params } from '@caviar/spec';
import type { CompiledSpace } from '../space/compile-space.js';
import { type CoarseToFineSpec, coarseToFineRounds, roundOf, roundSpace } from './coarse-to-fine-rounds.js';
import { drawAnew } from './draw-anew.js';
import { randomDraw } from './random.js';
import type { DrawingSampler, SamplerProblem } from './sampler.js';
import { sobolDraw } from './sobol.js';

/**
 * Seed 3.1: sample the whole space coarsely, then again, denser, where the best trials are; a stored plan of rounds. This is
 * the one that draws; `coarseToFineOver` sits on samplers that learn.
 */
export const coarseToFineSampler: DrawingSampler<CoarseToFineSpec> = {
  kind: 'coarse-to-fine',
  previewAs: ({ base }) => (base === 'sobol' ? { kind: 'sobol' } : { kind: 'random' }),
  prepare: (problem) => {
    const planned = coarseToFineRounds.plan(problem);
    const draws = new Map<number, RoundDraw>();
    const roundAt = (number: number) => {
      const round = roundOf(planned, number);
      const draw = draws.get(round.index) ?? prepareRound(problem, round.index);
      draws.set(round.index, draw);
      return { round, draw };
    };
    const drawNew = drawAnew(problem, (number) => {
      const { params, region } = roundAt(number).draw;
      return { params: params(number), region };
    });
    return (number) => {
      const { round, draw } = roundAt(number);
      const { params, note } = drawNew?.(number) ?? { params: draw.params(number), note: '' };
      const proposal = `Round ${round.index + 1} of ${planned.length}: ${draw.proposal}${note}.`;
      return { number, params, round: round.index, proposal };
    };
  },
  rounds: coarseToFineRounds,
};

interface RoundDraw {
  readonly region: CompiledSpace;
  readonly params: (number: number) => Params;
  readonly proposal: string;
}

function prepareRound(problem: SamplerProblem<CoarseToFineSpec>, index: number): RoundDraw {
  const { spec, sampler, space } = problem;
  const { region, where } = roundSpace(problem, index);
  const names = space.parameters.map(({ name }) => name);
  const isSobol = sampler.base === 'sobol';
  return {
    params: isSobol ? sobolDraw(region, spec.seed, names) : randomDraw(region, spec.seed),
    region,
    proposal: `${isSobol ? 'a scrambled Sobol point of' : 'drawn at random from'} ${where}`,
  };
}
