import { stream, streamKey } from '@caviar/numerics';
import type { Params, SamplerSpec } from '@caviar/spec';
import { compareLearnt, learntTrial, type PendingTrial, type TrialRecord } from '../../history.js';
import type { Learner, SamplerProblem, Suggestion } from '../sampler.js';
import { sobolDraw } from '../sobol.js';
import { FeatureSpace } from './features.js';
import { bestFirst, type KnownTrial, viewsOf } from './known-trial.js';
import { maximizeAcquisition } from './maximize-acquisition.js';
import { drawProcess, type Fit, fit, heldOf, lastFit, type Warp } from './model.js';
import type { Posterior } from './posterior.js';
import { type Prospect, prospectOf } from './prospect.js';
import { warpCosts } from './warp-costs.js';
import { warpGaps } from './warp-gaps.js';

type GpSpec = Extract<SamplerSpec, { kind: 'gp' }>;

/** Trials below which a process has nothing to say. */
const LEAST_TRIALS = 3;
/** Pending trials that are reckoned with at most, the latest. */
const WAITING_TRIALS = 256;
const INCUMBENTS = 6;
const LEANED_ON = 5;

/** What is known at a proposal. */
interface Knowledge {
  readonly trials: readonly KnownTrial[];
  /** In the order of the posteriors' rows. */
  readonly held: readonly KnownTrial[];
  /** One for each objective and, with constraints, one for the gap to them. */
  readonly posteriors: readonly Posterior[];
  readonly waiting: readonly Float64Array[];
}

/**
 * Learns by a Gaussian process for each objective, and one for the constraints. All that it proposes follows from the latest
 * record of each trial in the order of first observation; what it keeps besides is made of that alone.
 */
export class GaussianProcessLearner implements Learner {
  readonly #problem: SamplerProblem<GpSpec>;
  readonly #objectives: number;
  /** What turns trials into the numbers that each process models. */
  readonly #warps: readonly Warp<KnownTrial>[];
  readonly #space: FeatureSpace;
  readonly #draw: (number: number) => Params;
  /** In the order of first observation; null for what says nothing or does not fit the space. */
  readonly #slots: (KnownTrial | null)[] = [];
  readonly #slotOf = new Map<number, number>();
  /** By process. */
  #fits: readonly Fit[] | null = null;

  constructor(problem: SamplerProblem<GpSpec>) {
    const { space, spec } = problem;
    this.#problem = problem;
    this.#objectives = spec.objectives?.length ?? 1;
    const costs = Array.from(
      { length: this.#objectives },
      (_, j): Warp<KnownTrial> =>
        (trials) => {
          return warpCosts(trials.map(({ views }) => views[j]!));
        },
    );
    this.#warps = spec.constraints === undefined ? costs : [...costs, warpGaps];
    this.#space = new FeatureSpace(space);
    this.#draw = sobolDraw(space, spec.seed);
  }

  observe(trial: TrialRecord): void {
    const known = this.#slotOf.get(trial.number);
    const slot = this.#slotFor(trial);
    if (known === undefined) {
      this.#slotOf.set(trial.number, this.#slots.length);
      this.#slots.push(slot);
    } else {
      this.#slots[known] = slot;
      this.#fits = null;
    }
  }

  propose(number: number, pending: readonly PendingTrial[]): Suggestion {
    const trials = this.#slots.filter((slot) => slot !== null);
    const finite = trials.filter(({ cost }) => Number.isFinite(cost)).length;
    const { sampler, spec, priorTrials } = this.#problem;
    if (number + priorTrials < sampler.startup || finite < LEAST_TRIALS || this.#space.dimensions.length === 0) {
      return this.#begin(number);
    }
    const fits = this.#fitted(trials);
    const waiting = this.#waiting(pending);
    const posteriors = this.#warps.map((warp, j) => {
      const random = stream(spec.seed, 'gp lengths', number, ...(j === 0 ? [] : [j]));
      const posterior = drawProcess(this.#space, fits[j]!, { trials, warp, random });
      for (const position of waiting.slice(-WAITING_TRIALS)) posterior.append(this.#featuresAt(position));
      return posterior;
    });
    const held = heldOf(fits[0]!, trials.length).map((i) => trials[i]!);
    return this.#improve(number, { trials, held, posteriors, waiting });
  }

  #fitted(trials: readonly KnownTrial[]): readonly Fit[] {
    const fittedAt = lastFit(trials.length);
    if (this.#fits?.[0]?.fittedAt === fittedAt) return this.#fits;
    const first = trials.slice(0, fittedAt);
    const sample = { trials: first, ranked: bestFirst(first, this.#objectives) };
    this.#fits = this.#warps.map((warp) => fit(this.#space, sample, warp));
    return this.#fits;
  }

  #begin(number: number): Suggestion {
    const { startup } = this.#problem.sampler;
    const why = number < startup ? `one of ${startup} to begin with` : 'as too few trials have a value to learn from';
    return { number, params: this.#draw(number), round: null, proposal: `Point of a Sobol sequence, ${why}.` };
  }

  #improve(number: number, knowledge: Knowledge): Suggestion {
    const space = this.#space;
    const { trials, held, posteriors, waiting } = knowledge;
    const { seed } = this.#problem.spec;
    const prospect = prospectOf(held, posteriors, {
      objectives: this.#objectives,
      random: stream(seed, 'gp direction', number),
    });
    const taken = new Set(trials.map(({ name }) => name));
    for (const position of waiting) taken.add(nameOf(this.#featuresAt(position)));
    const found = maximizeAcquisition({
      space,
      acquisition: prospect.acquisition,
      incumbents: prospect.incumbents.slice(0, INCUMBENTS).map(({ position }) => position),
      isTaken: (position) => taken.has(nameOf(this.#featuresAt(position))),
      keyOf: (dimension) => streamKey(seed, 'gp candidates', number, dimension),
      random: stream(seed, 'gp moves', number),
    });
    if (found === null) return this.#begin(number);
    const features = this.#featuresAt(found.position);
    return {
      number,
      params: space.paramsAt(found.position),
      round: null,
      proposal: sentence(prospect, features, { trials: trials.length, waiting: waiting.length }),
      basis: {
        sampler: this.#problem.sampler.kind,
        trials: closest(posteriors[0]!.covariances(features), held),
        score: { name: prospect.score, value: found.score },
      },
    };
  }

  #slotFor(trial: TrialRecord): KnownTrial | null {
    const learnt = learntTrial(trial, this.#problem.spec);
    const position = learnt === null ? null : this.#space.positionOf(trial.params);
    if (learnt === null || position === null) return null;
    const features = this.#featuresAt(position);
    return { ...learnt, position, features, name: nameOf(features), views: viewsOf(learnt, this.#objectives) };
  }

  /** Where the pending trials lie, those left out that were observed while they were paused. */
  #waiting(pending: readonly PendingTrial[]): Float64Array[] {
    const unseen = pending.filter(({ number }) => {
      const slot = this.#slotOf.get(number);
      return slot === undefined || this.#slots[slot] === null;
    });
    return unseen.flatMap(({ params }) => this.#space.positionOf(params) ?? []);
  }

  #featuresAt(position: Float64Array): Float64Array {
    return this.#space.featuresOf(position, this.#space.activeAt(position));
  }
}

function nameOf(features: Float64Array): string {
  return features.join();
}

/** Numbers of the trials with a value that covary most with a point, the best first. */
function closest(covariances: Float64Array, held: readonly KnownTrial[]): number[] {
  return held
    .map((trial, i) => ({ trial, covariance: covariances[i]! }))
    .filter(({ trial }) => trial.extent !== 'useless')
    .sort((a, b) => b.covariance - a.covariance || a.trial.number - b.trial.number)
    .slice(0, LEANED_ON)
    .map(({ trial }) => trial)
    .sort(compareLearnt)
    .map(({ number }) => number);
}

function sentence(
  { what, why }: Prospect,
  features: Float64Array,
  { trials, waiting }: { readonly trials: number; readonly waiting: number },
): string {
  const besides = waiting === 0 ? '' : ` and ${waiting} pending ones`;
  return `${what} of ${trials} trials${besides}: ${why(features)}.`;
}
