import { stream, streamKey } from '@caviar/numerics';
import type { Params, SamplerSpec } from '@caviar/spec';
import { compareLearnt, learntTrial, type PendingTrial, type TrialRecord } from '../../history.js';
import type { Learner, SamplerProblem, Suggestion } from '../sampler.js';
import { sobolDraw } from '../sobol.js';
import { chooseTrials, type ModelledTrial } from './choose-trials.js';
import { FeatureSpace } from './features.js';
import { fitKernel } from './fit-kernel.js';
import { maximizeAcquisition } from './maximize-acquisition.js';
import { Posterior } from './posterior.js';
import { warpCosts } from './warp-costs.js';

/** Trials that the process goes by at most, besides those since it was last fitted. */
const MODELLED_TRIALS = 384;
/** Trials that lengths and noise are fitted to at most. */
const FITTED_TRIALS = 192;
/** Trials below which a process has nothing to say. */
const LEAST_TRIALS = 3;
const INCUMBENTS = 6;
const LEANED_ON = 5;

/** A trial as it was observed; null where it says nothing or does not fit the space. */
type Slot = (ModelledTrial & { readonly position: Float64Array }) | null;

/** The process as it stands at some number of trials. */
interface Model {
  /** Trials that can be learnt from, in the order in which they were first observed. */
  readonly trials: readonly NonNullable<Slot>[];
  /** How many of them it was fitted at. */
  readonly fittedAt: number;
  /** Indices into `trials` of those it holds, in their order. */
  readonly held: readonly number[];
  readonly posterior: Posterior;
}

/**
 * Learns by a Gaussian process. All that it proposes follows from the latest record of each trial in the order of first
 * observation; what it keeps besides is made of that alone.
 */
export class GaussianProcessLearner implements Learner {
  readonly #problem: SamplerProblem<Extract<SamplerSpec, { kind: 'gp' }>>;
  readonly #space: FeatureSpace;
  readonly #draw: (number: number) => Params;
  readonly #slots: Slot[] = [];
  readonly #slotOf = new Map<number, number>();
  #model: Model | null = null;

  constructor(problem: SamplerProblem<Extract<SamplerSpec, { kind: 'gp' }>>) {
    this.#problem = problem;
    this.#space = new FeatureSpace(problem.space);
    this.#draw = sobolDraw(problem.space, problem.spec.seed);
  }

  observe(trial: TrialRecord): void {
    const known = this.#slotOf.get(trial.number);
    const slot = this.#slotFor(trial);
    if (known === undefined) {
      this.#slotOf.set(trial.number, this.#slots.length);
      this.#slots.push(slot);
    } else {
      this.#slots[known] = slot;
      this.#model = null;
    }
  }

  propose(number: number, pending: readonly PendingTrial[]): Suggestion {
    const trials = this.#slots.filter((slot) => slot !== null);
    const finite = trials.filter(({ cost }) => Number.isFinite(cost)).length;
    if (number < this.#problem.sampler.startup || finite < LEAST_TRIALS || this.#space.dimensions.length === 0) {
      return this.#begin(number);
    }
    const model = this.#modelOf(trials);
    const { posterior, held } = model;
    const z = warpCosts(trials);
    posterior.condition(Float64Array.from(held, (i) => z[i]!));
    const waiting = this.#waiting(pending);
    for (const position of waiting) posterior.append(this.#featuresAt(position));
    try {
      return this.#improve(number, { ...model, waiting });
    } finally {
      posterior.truncate(held.length);
    }
  }

  #begin(number: number): Suggestion {
    const { startup } = this.#problem.sampler;
    const why = number < startup ? `one of ${startup} to begin with` : 'as too few trials have a value to learn from';
    return { number, params: this.#draw(number), round: null, proposal: `Point of a Sobol sequence, ${why}.` };
  }

  #improve(
    number: number,
    { trials, held, posterior, waiting }: Model & { readonly waiting: readonly Float64Array[] },
  ): Suggestion {
    const space = this.#space;
    const fitted = posterior.fitted();
    const best = fitted.reduce((least, mean) => Math.min(least, mean), Number.POSITIVE_INFINITY);
    const byMean = held.map((i, at) => ({ trial: trials[i]!, mean: fitted[at]! })).sort((a, b) => a.mean - b.mean);
    const { seed } = this.#problem.spec;
    const taken = new Set([...trials.map(({ position }) => position), ...waiting].map((at) => this.#nameOf(at)));
    const found = maximizeAcquisition({
      space,
      posterior,
      best,
      incumbents: byMean.slice(0, INCUMBENTS).map(({ trial }) => trial.position),
      isTaken: (position) => taken.has(this.#nameOf(position)),
      keyOf: (dimension) => streamKey(seed, 'gp candidates', number, dimension),
      random: stream(seed, 'gp moves', number),
    });
    if (found === null) return this.#begin(number);
    const features = this.#featuresAt(found.position);
    const leanedOn = closest(posterior.covariances(features), { trials, held });
    return {
      number,
      params: space.paramsAt(found.position),
      round: null,
      proposal: sentence(trials, { expected: posterior.predict(features).mean, best, waiting: waiting.length }),
      basis: {
        sampler: this.#problem.sampler.kind,
        trials: leanedOn,
        score: { name: 'logExpectedImprovement', value: found.score },
      },
    };
  }
  /** The model of the trials; the last one where it can be extended. */
  #modelOf(trials: readonly NonNullable<Slot>[]): Model {
    const fittedAt = lastFit(trials.length);
    const kept = this.#model;
    const base = kept !== null && kept.fittedAt === fittedAt ? kept : this.#fit(trials.slice(0, fittedAt));
    const { posterior } = base;
    const held = [...base.held];
    for (let i = base.trials.length; i < trials.length; i++) {
      posterior.append(trials[i]!.features);
      held.push(i);
    }
    this.#model = { trials, fittedAt, held, posterior };
    return this.#model;
  }

  /** Lengths and noise by the trials, and the process given them. */
  #fit(trials: readonly NonNullable<Slot>[]): Model {
    const space = this.#space;
    const z = warpCosts(trials);
    const used = chooseTrials(trials, FITTED_TRIALS);
    const features = used.map((i) => trials[i]!.features);
    const posterior = new Posterior(space, fitKernel({ space, features, z: Float64Array.from(used, (i) => z[i]!) }));
    const held = chooseTrials(trials, MODELLED_TRIALS);
    for (const i of held) posterior.append(trials[i]!.features);
    return { trials, fittedAt: trials.length, held, posterior };
  }

  #slotFor(trial: TrialRecord): Slot {
    const learnt = learntTrial(trial, this.#problem.spec.objective.direction);
    const position = learnt === null ? null : this.#space.positionOf(trial.params);
    return learnt === null || position === null ? null : { ...learnt, position, features: this.#featuresAt(position) };
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

  /** Equal for positions of the same params. */
  #nameOf(position: Float64Array): string {
    return this.#featuresAt(position).join();
  }
}

/**
 * The number of trials, at most n, that lengths and noise are fitted at: every number up to 16, then every second one, from
 * 32 on every fourth, and so on, up to every 32nd.
 */
function lastFit(n: number): number {
  let step = 1;
  while (step < 32 && n >= 16 * step) step *= 2;
  return n - (n % step);
}

/** Numbers of the trials with a value that covary most with a point, the best first. */
function closest(covariances: Float64Array, { trials, held }: Pick<Model, 'trials' | 'held'>): number[] {
  return held
    .map((i, at) => ({ trial: trials[i]!, covariance: covariances[at]! }))
    .filter(({ trial }) => trial.extent !== 'useless')
    .sort((a, b) => b.covariance - a.covariance || a.trial.number - b.trial.number)
    .slice(0, LEANED_ON)
    .map(({ trial }) => trial)
    .sort(compareLearnt)
    .map(({ number }) => number);
}

function sentence(
  trials: readonly ModelledTrial[],
  { expected, best, waiting }: { readonly expected: number; readonly best: number; readonly waiting: number },
): string {
  const why = expected < best ? 'expected to be the best so far' : 'uncertain enough to turn out the best so far';
  const besides = waiting === 0 ? '' : ` and ${waiting} pending ones`;
  return `Largest expected improvement under a Gaussian process of ${trials.length} trials${besides}: ${why}.`;
}
