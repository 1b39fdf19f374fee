import type { Params, Round, SamplerSpec, SearchSpace } from '@caviar/spec';
import { clipRegion } from '../space/clip.js';
import { type CompiledSpace, compileSpace } from '../space/compile-space.js';
import { decideRegion } from './coarse-to-fine-region.js';
import { drawAnew } from './draw-anew.js';
import { randomDraw } from './random.js';
import type { DrawingSampler, PlannedRound, SamplerProblem } from './sampler.js';
import { sobolDraw } from './sobol.js';

type CoarseToFineSpec = Extract<SamplerSpec, { kind: 'coarse-to-fine' }>;
type Problem = SamplerProblem<CoarseToFineSpec>;

/** Seed 3.1: sample the whole space coarsely, then again, denser, where the best trials are; a stored plan of rounds. */
export const coarseToFineSampler: DrawingSampler<CoarseToFineSpec> = {
  kind: 'coarse-to-fine',
  previewAs: ({ base }) => ({ kind: base }),
  prepare: (problem) => {
    const planned = planRounds(problem);
    const draws = new Map<number, RoundDraw>();
    const roundAt = (number: number) => {
      const round = planned.find(({ firstNumber, endNumber }) => number >= firstNumber && number < endNumber);
      if (round === undefined) throw new RangeError(`trial ${number} is beyond the last round`);
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
  rounds: {
    plan: planRounds,
    decide: (problem, { planned, history }) => {
      if (planned.index === 0) {
        return { ...planned, region: problem.spec.space, reason: 'The first round covers the whole space.' };
      }
      const before = regionOf(problem, planned.index - 1).region;
      const earlier = history.filter(({ number }) => number < planned.firstNumber);
      return { ...planned, ...decideRegion(problem, before, earlier) };
    },
  },
};

/**
 * `maxTrials` in equal parts, the first ones larger by one where it does not come out even. Rounds that have been decided
 * keep their bounds; what is left is shared by those to come, so a change of `maxTrials` is taken up without
 * disturbing what has been done. The last round of all ends with the search.
 */
function planRounds({ spec, sampler, rounds: decided }: Problem): PlannedRound[] {
  const total = spec.stop.maxTrials ?? 0;
  const planned: PlannedRound[] = [];
  for (let index = 0, firstNumber = 0; index < sampler.rounds; index++) {
    const known = decided.find((round) => round.index === index);
    const left = Math.max(0, total - firstNumber);
    const share = Math.ceil(left / (sampler.rounds - index));
    const isLast = index === sampler.rounds - 1;
    const endNumber =
      known === undefined || isLast ? firstNumber + share : Math.min(known.endNumber, firstNumber + left);
    if (known === undefined && endNumber === firstNumber) break;
    planned.push({ index, firstNumber, endNumber });
    firstNumber = endNumber;
  }
  return planned;
}

interface RoundDraw {
  readonly region: CompiledSpace;
  readonly params: (number: number) => Params;
  readonly proposal: string;
}

function prepareRound(problem: Problem, index: number): RoundDraw {
  const { spec, sampler, space } = problem;
  const { region, replaced } = regionOf(problem, index);
  const compiled = onGridOf(space, compileSpace(region));
  const names = space.parameters.map(({ name }) => name);
  const how = sampler.base === 'sobol' ? 'a scrambled Sobol point of' : 'drawn at random from';
  const where = index === 0 ? 'the whole space' : 'the region around the best trials of the rounds before';
  const note =
    replaced.length === 0
      ? ''
      : `; nothing of it is left in the changed space for ${replaced.join(', ')}, so there the whole domain is used`;
  return {
    params: sampler.base === 'sobol' ? sobolDraw(compiled, spec.seed, names) : randomDraw(compiled, spec.seed),
    region: compiled,
    proposal: `${how} ${where}${note}`,
  };
}

/** The region of a decided round within the space as it is now. The first round is always the whole space. */
function regionOf({ rounds, spec }: Problem, index: number): { region: SearchSpace; replaced: readonly string[] } {
  const round: Round | undefined = rounds.find((one) => one.index === index);
  if (round === undefined) throw new RangeError(`round ${index} has not been decided yet`);
  return clipRegion(index === 0 ? spec.space : round.region, spec.space);
}

/** A region's grid begins elsewhere than the user's and may differ in the last bit: the user's values count. */
function onGridOf(space: CompiledSpace, region: CompiledSpace): CompiledSpace {
  const domains = new Map(space.parameters.map((parameter) => [parameter.name, parameter]));
  const parameters = region.parameters.map((parameter) => {
    const { unit, domain } = domains.get(parameter.name)!;
    if (domain.kind !== 'float' || domain.step === undefined) return parameter;
    const fromUnit = (u: number) => unit.fromUnit(unit.toUnit(parameter.unit.fromUnit(u)));
    return { ...parameter, unit: { ...parameter.unit, fromUnit } };
  });
  return { ...region, parameters };
}
