import { stream, streamKey } from '@caviar/numerics';
import type { Params, SamplerSpec } from '@caviar/spec';
import { compareLearnt, learntTrial, type PendingTrial, type TrialRecord } from '../../history.js';
import type { Learner, SamplerProblem, Suggestion } from '../sampler.js';
import { sobolDraw } from '../sobol.js';
import type { ModelledTrial } from './choose-trials.js';
import { FeatureSpace } from './features.js';
import { maximizeAcquisition } from './maximize-acquisition.js';
import { drawProcess, type Fit, fit, lastFit, type Process } from './model.js';

/** Trials below which a process has nothing to say. */
const LEAST_TRIALS = 3;
/** Pending trials that are reckoned with at most, the latest. */
const WAITING_TRIALS = 256;
const INCUMBENTS = 6;
const LEANED_ON = 5;

/** A trial that can be learnt from. */
interface Known extends ModelledTrial {
  /** [D] */
  readonly position: Float64Array;
  /** Equal for trials of the same params. */
  readonly name: string;
}

/**
 * Learns by a Gaussian process. All that it proposes follows from the latest record of each trial in the order of first
 * observation; what it keeps besides is made of that alone.
 */
export class GaussianProcessLearner implements Learner {
  readonly #problem: SamplerProblem<Extract<SamplerSpec, { kind: 'gp' }>>;
  readonly #space: FeatureSpace;
  readonly #draw: (number: number) => Params;
  /** In the order of first observation; null for what says nothing or does not fit the space. */
  readonly #slots: (Known | null)[] = [];
  readonly #slotOf = new Map<number, number>();
  #fit: Fit | null = null;

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
      this.#fit = null;
    }
  }

  propose(number: number, pending: readonly PendingTrial[]): Suggestion {
    const trials = this.#slots.filter((slot) => slot !== null);
    const finite = trials.filter(({ cost }) => Number.isFinite(cost)).length;
    const { sampler, priorTrials } = this.#problem;
    if (number + priorTrials < sampler.startup || finite < LEAST_TRIALS || this.#space.dimensions.length === 0) {
      return this.#begin(number);
    }
    const fittedAt = lastFit(trials.length);
    if (this.#fit?.fittedAt !== fittedAt) this.#fit = fit(this.#space, trials.slice(0, fittedAt));
    const random = stream(this.#problem.spec.seed, 'gp lengths', number);
    const process = drawProcess(this.#space, this.#fit, { trials, random });
    const waiting = this.#waiting(pending);
    for (const position of waiting.slice(-WAITING_TRIALS)) process.posterior.append(this.#featuresAt(position));
    return this.#improve(number, { trials, waiting, ...process });
  }

  #begin(number: number): Suggestion {
    const { startup } = this.#problem.sampler;
    const why = number < startup ? `one of ${startup} to begin with` : 'as too few trials have a value to learn from';
    return { number, params: this.#draw(number), round: null, proposal: `Point of a Sobol sequence, ${why}.` };
  }

  #improve(
    number: number,
    {
      trials,
      held,
      posterior,
      waiting,
    }: Process<Known> & {
      readonly trials: readonly Known[];
      readonly waiting: readonly Float64Array[];
    },
  ): Suggestion {
    const space = this.#space;
    const fitted = posterior.fitted();
    const best = fitted.reduce((least, mean) => Math.min(least, mean), Number.POSITIVE_INFINITY);
    const byMean = held.map((trial, i) => ({ trial, mean: fitted[i]! })).sort((a, b) => a.mean - b.mean);
    const { seed } = this.#problem.spec;
    const taken = new Set(trials.map(({ name }) => name));
    for (const position of waiting) taken.add(nameOf(this.#featuresAt(position)));
    const found = maximizeAcquisition({
      space,
      posterior,
      best,
      incumbents: byMean.slice(0, INCUMBENTS).map(({ trial }) => trial.position),
      isTaken: (position) => taken.has(nameOf(this.#featuresAt(position))),
      keyOf: (dimension) => streamKey(seed, 'gp candidates', number, dimension),
      random: stream(seed, 'gp moves', number),
    });
    if (found === null) return this.#begin(number);
    const features = this.#featuresAt(found.position);
    const leanedOn = closest(posterior.covariances(features), held);
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

  #slotFor(trial: TrialRecord): Known | null {
    const learnt = learntTrial(trial, this.#problem.spec.objective.direction);
    const position = learnt === null ? null : this.#space.positionOf(trial.params);
    if (learnt === null || position === null) return null;
    const features = this.#featuresAt(position);
    return { ...learnt, position, features, name: nameOf(features) };
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
function closest(covariances: Float64Array, held: readonly ModelledTrial[]): number[] {
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
  trials: readonly ModelledTrial[],
  { expected, best, waiting }: { readonly expected: number; readonly best: number; readonly waiting: number },
): string {
  const why = expected < best ? 'expected to be the best so far' : 'uncertain enough to turn out the best so far';
  const besides = waiting === 0 ? '' : ` and ${waiting} pending ones`;
  return `Largest expected improvement under a Gaussian process of ${trials.length} trials${besides}: ${why}.`;
}
