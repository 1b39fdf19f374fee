import type { ParamValue, Round, SamplerSpec, SearchSpace } from '@caviar/spec';
import { clipRegion } from '../space/clip.js';
import { type CompiledSpace, compileSpace } from '../space/compile-space.js';
import { decideRegion } from './coarse-to-fine-region.js';
import type { DrawingSampler, PlannedRound, SamplerProblem } from './sampler.js';

export type CoarseToFineSpec = Extract<SamplerSpec, { kind: 'coarse-to-fine' }>;
type Problem = SamplerProblem<CoarseToFineSpec>;

/** The rounds of coarse-to-fine, whatever proposes within them. */
export const coarseToFineRounds: NonNullable<DrawingSampler<CoarseToFineSpec>['rounds']> = {
  plan: planRounds,
  decide: (problem, { planned, history }) => {
    if (planned.index === 0) {
      return { ...planned, region: problem.spec.space, reason: 'The first round covers the whole space.' };
    }
    const before = regionOf(problem, planned.index - 1).region;
    const earlier = history.filter(({ number }) => number < planned.firstNumber);
    return { ...planned, ...decideRegion(problem, before, earlier) };
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

/** Finds the round that a trial belongs to. Throws a RangeError for a number beyond the last. */
export function roundOf(planned: readonly PlannedRound[], number: number): PlannedRound {
  const round = planned.find(({ firstNumber, endNumber }) => number >= firstNumber && number < endNumber);
  if (round === undefined) throw new RangeError(`trial ${number} is beyond the last round`);
  return round;
}

/** What the trials of a decided round come from. */
export interface RoundSpace {
  readonly region: CompiledSpace;
  /** The region in words. */
  readonly where: string;
}

/** The region of a decided round, made ready for drawing. Throws a RangeError for a round that has not been decided. */
export function roundSpace(problem: Problem, index: number): RoundSpace {
  const { region, replaced } = regionOf(problem, index);
  const where = index === 0 ? 'the whole space' : 'the region around the best trials of the rounds before';
  const note =
    replaced.length === 0
      ? ''
      : `; nothing of it is left in the changed space for ${replaced.join(', ')}, so there the whole domain is used`;
  return { region: onGridOf(problem.space, compileSpace(region)), where: `${where}${note}` };
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
    const own = parameter.unit;
    const usersOwn = (value: ParamValue) => unit.fromUnit(unit.toUnit(value));
    return {
      ...parameter,
      unit: {
        ...own,
        fromUnit: (u: number) => usersOwn(own.fromUnit(u)),
        at: (k: number) => usersOwn(own.at(k)),
        spread: (levels: number) => own.spread(levels).map(usersOwn),
        contains: (value: ParamValue) => unit.contains(value) && usersOwn(own.at(own.indexOf(value))) === value,
      },
    };
  });
  return { ...region, parameters };
}
