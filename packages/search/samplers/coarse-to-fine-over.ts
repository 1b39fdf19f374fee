import { samplerSpecSchema } from '@caviar/spec';
import type { TrialRecord } from '../history.js';
import { isPointOf } from '../space/contains.js';
import type { NamedSampler } from './auto.js';
import { type CoarseToFineSpec, coarseToFineRounds, roundOf, roundSpace } from './coarse-to-fine-rounds.js';
import type { Learner, LearningSampler, PlannedRound, SamplerProblem, Suggestion } from './sampler.js';

type Problem = SamplerProblem<CoarseToFineSpec>;
type Base<K extends NamedSampler['kind']> = LearningSampler<Extract<NamedSampler, { kind: K }>>;

/**
 * Coarse-to-fine over a sampler that learns: in each round the base searches the region as if it were the space, from all
 * trials so far that lie in it.
 */
export function coarseToFineOver<K extends 'tpe' | 'gp' | 'cma-es' | 'nsga2'>(
  base: Base<K>,
): LearningSampler<CoarseToFineSpec> {
  // With the defaults of its own part of the spec.
  const settings = samplerSpecSchema.parse({ kind: base.kind }) as Extract<NamedSampler, { kind: K }>;
  const learnIn = (problem: Problem, index: number) => {
    const { region } = roundSpace(problem, index);
    const spec = { ...problem.spec, space: region.space, sampler: settings };
    return { region, learner: base.learn({ ...problem, spec, space: region, sampler: settings }) };
  };
  return {
    kind: 'coarse-to-fine',
    previewAs: () => base.previewAs(settings),
    refuse: ({ spec }) =>
      spec.scheduler.kind === 'fifo' ? null : `coarse-to-fine sits on ${base.kind} only with the scheduler fifo`,
    rounds: coarseToFineRounds,
    learn: (problem) => new RoundsLearner(problem, (index) => learnIn(problem, index)),
  };
}

interface RoundLearner {
  readonly region: SamplerProblem['space'];
  readonly learner: Learner;
}

class RoundsLearner implements Learner {
  readonly #problem: Problem;
  readonly #planned: readonly PlannedRound[];
  readonly #learnIn: (index: number) => RoundLearner;
  readonly #rounds = new Map<number, RoundLearner>();
  /** The latest record of each trial, in the order first observed. */
  readonly #observed = new Map<number, TrialRecord>();

  constructor(problem: Problem, learnIn: (index: number) => RoundLearner) {
    this.#problem = problem;
    this.#planned = coarseToFineRounds.plan(problem);
    this.#learnIn = learnIn;
  }

  observe(trial: TrialRecord): void {
    this.#observed.set(trial.number, trial);
    for (const { region, learner } of this.#rounds.values()) {
      if (isPointOf(region, trial.params)) learner.observe(trial);
    }
  }

  propose(number: number, pending: Parameters<Learner['propose']>[1]): Suggestion {
    const { index } = roundOf(this.#planned, number);
    const { region, learner } = this.#learnerOf(index);
    const within = pending.filter(({ params }) => isPointOf(region, params));
    const suggestion = learner.propose(number, within);
    const { where } = roundSpace(this.#problem, index);
    const proposal = `Round ${index + 1} of ${this.#planned.length}, in ${where}: ${suggestion.proposal}`;
    const basis =
      suggestion.basis === undefined ? {} : { basis: { ...suggestion.basis, sampler: 'coarse-to-fine' as const } };
    return { ...suggestion, ...basis, round: index, proposal };
  }

  #learnerOf(index: number): RoundLearner {
    const known = this.#rounds.get(index);
    if (known !== undefined) return known;
    const made = this.#learnIn(index);
    for (const trial of this.#observed.values()) {
      if (isPointOf(made.region, trial.params)) made.learner.observe(trial);
    }
    this.#rounds.set(index, made);
    return made;
  }
}
