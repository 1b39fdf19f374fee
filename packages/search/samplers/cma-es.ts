import { exp, normalCdf, normalQuantile, type Stream, stream } from '@caviar/numerics';
import type { SamplerSpec } from '@caviar/spec';
import { type LearntTrial, learntTrial, type TrialRecord } from '../history.js';
import { type Coordinates, coordinatesOf, type Sight } from './cma-es-coordinates.js';
import { type CmaState, type Origin, originOf, shape, startRun } from './cma-es-state.js';
import { type Member, updateState } from './cma-es-update.js';
import { defaultLambda } from './cma-es-weights.js';
import type { Learner, LearningSampler, SamplerProblem, Suggestion } from './sampler.js';
import { sobolDraw } from './sobol.js';

type CmaEsSpec = Extract<SamplerSpec, { kind: 'cma-es' }>;

/** Standard deviation of a uniform draw from [0, 1]: what the first generation is. */
const UNIFORM_SPREAD = Math.sqrt(1 / 12);
/** Step size after the uniform first generation, in parts of each range: half of its spread. */
const FIRST_STEP = 0.15;
/** Step size of a restart. */
const RESTART_STEP = 0.2;
/** Generations after which a replaced outcome is still cheap to take in. */
const SNAPSHOTS = 32;

/**
 * Covariance matrix adaptation: a normal distribution that moves, stretches and turns towards the better half of each
 * generation; with margin for ints, probabilities for choices, and restarts with twice the population (IPOP).
 *
 * A parameter that is inactive in a trial, or known up to its cell only, is drawn again from the distribution that drew the
 * trial: so coordinates without influence do what they do in CMA-ES, a small random walk.
 */
export const cmaEsSampler: LearningSampler<CmaEsSpec> = {
  kind: 'cma-es',
  previewAs: () => ({ kind: 'sobol' }),
  learn: (problem) => new CmaEsLearner(problem),
};

interface Observed {
  readonly learnt: LearntTrial | null;
  readonly sight: Sight | null;
}

/** The state after all full generations among the first `end` outcomes. */
interface Snapshot {
  readonly state: CmaState;
  readonly end: number;
  /** States made so far, this one included. */
  readonly states: number;
}

class CmaEsLearner implements Learner {
  readonly #problem: SamplerProblem<CmaEsSpec>;
  readonly #coordinates: Coordinates;
  readonly #firstDraw: (number: number) => Suggestion['params'];
  /** In the order first observed. */
  readonly #observed: Observed[] = [];
  readonly #placeOf = new Map<number, number>();
  /** The first one, and the latest ones. */
  readonly #snapshots: Snapshot[];
  /** One for every state so far. */
  readonly #origins: Origin[];

  constructor(problem: SamplerProblem<CmaEsSpec>) {
    const { spec, space, sampler } = problem;
    this.#problem = problem;
    this.#coordinates = coordinatesOf(space);
    this.#firstDraw = sobolDraw(space, spec.seed);
    const n = this.#coordinates.ranges.length;
    const usual = defaultLambda(n + this.#coordinates.choices.length);
    const state = startRun(this.#coordinates, {
      run: 0,
      // With many trials in flight a larger generation is had for nothing.
      lambda: sampler.populationSize ?? Math.max(usual, Math.min(spec.parallelism, 4 * usual)),
      mean: new Float64Array(n).fill(0.5),
      stepSize: UNIFORM_SPREAD,
      madeAfter: -1,
      firstNumber: Number.NEGATIVE_INFINITY,
    });
    this.#snapshots = [{ state, end: 0, states: 1 }];
    this.#origins = [originOf(state)];
  }

  observe(trial: TrialRecord): void {
    const observed = {
      learnt: learntTrial(trial, this.#problem.spec),
      sight: this.#coordinates.read(trial.params),
    };
    const place = this.#placeOf.get(trial.number);
    if (place === undefined) {
      this.#placeOf.set(trial.number, this.#observed.length);
      this.#observed.push(observed);
      return;
    }
    this.#observed[place] = observed;
    while (this.#snapshots.at(-1)!.end > place) this.#snapshots.pop();
    this.#origins.length = this.#snapshots.at(-1)!.states;
  }

  propose(number: number): Suggestion {
    const { state } = this.#fold();
    const { run, generation, leaders } = state;
    if (run === 0 && generation === 0) {
      const proposal = `A scrambled Sobol point of the whole space, for the first generation of ${state.lambda} trials.`;
      return { number, params: this.#firstDraw(number), round: null, proposal };
    }
    const random = stream(this.#problem.spec.seed, 'cma-es', number);
    const { ranges } = this.#coordinates;
    const y = shape(
      state,
      ranges.map(() => random.normal()),
    );
    const x = state.mean.map((mean, j) => {
      const position = mean + state.stepSize * state.stretch[j]! * y[j]!;
      return ranges[j]!.discrete ? position : reflected(position);
    });
    const chosen = state.probabilities.map((q) => pick(q, random));
    const around =
      leaders.length === 0
        ? 'about a new random centre, as the run before came to its end'
        : `about the best ${leaders.length} of the ${state.lambda} trials before (trial ${leaders[0]} leads)`;
    return {
      number,
      params: this.#coordinates.write({ x, chosen }),
      round: null,
      proposal: `Run ${run + 1}, generation ${generation + 1}: drawn from the normal distribution ${around}.`,
      basis: { sampler: 'cma-es', trials: leaders.slice(0, 10) },
    };
  }

  /** Takes in every generation that has become full. */
  #fold(): Snapshot {
    for (;;) {
      const last = this.#snapshots.at(-1)!;
      const { state } = last;
      const members: Member[] = [];
      let end = last.end;
      while (end < this.#observed.length && members.length < state.lambda) {
        const { learnt, sight } = this.#observed[end++]!;
        if (learnt !== null && sight !== null && learnt.number >= state.firstNumber) {
          members.push(this.#memberOf(learnt, sight));
        }
      }
      if (members.length < state.lambda) return last;
      const next = this.#after(state, members);
      this.#origins.push(originOf(next));
      this.#snapshots.push({ state: next, end, states: last.states + 1 });
      if (this.#snapshots.length > SNAPSHOTS + 1) this.#snapshots.splice(1, 1);
    }
  }

  /** A trial as a step from the distribution that drew it. */
  #memberOf(trial: LearntTrial, sight: Sight): Member {
    const origin = this.#originOf(trial.number);
    const random = stream(this.#problem.spec.seed, 'cma-es cell', trial.number);
    const x = origin.mean.map((mean, j) => {
      const [low, high] = [sight.low[j]!, sight.high[j]!];
      const cell = { mean, spread: origin.spread[j]!, low, high };
      return low === high ? unreflected(cell, random.uniformOpen()) : drawWithin(cell, random.uniformOpen());
    });
    return { trial, x, y: x.map((value, j) => (value - origin.mean[j]!) / origin.scale[j]!), chosen: sight.chosen };
  }

  /** Trial n goes by the outcomes of those below n - parallelism + 1 (in `throughput` mode by no fewer, as a rule). */
  #originOf(number: number): Origin {
    for (let i = this.#origins.length - 1; i > 0; i--) {
      const { madeAfter } = this.#origins[i]!;
      // Trials of earlier searches, whose numbers are negative, are known to all.
      if ((madeAfter < 0 ? 0 : madeAfter + this.#problem.spec.parallelism) <= number) return this.#origins[i]!;
    }
    return this.#origins[0]!;
  }

  #after(state: CmaState, members: readonly Member[]): CmaState {
    const next = updateState(this.#coordinates, state, members);
    if (next === null) return this.#restart(state, members);
    if (state.run > 0 || state.generation > 0) return next;
    // The first generation says where to begin; it was not drawn from a normal distribution, so it gives no shape to it.
    const { probabilities, leaders } = next;
    const begun = startRun(this.#coordinates, { ...next, stepSize: FIRST_STEP });
    return { ...begun, generation: 1, probabilities, leaders };
  }

  #restart(state: CmaState, members: readonly Member[]): CmaState {
    const { spec } = this.#problem;
    const run = state.run + 1;
    const madeAfter = members.reduce((max, { trial }) => Math.max(max, trial.number), state.madeAfter);
    const mean = Float64Array.from(this.#coordinates.ranges, ({ name }) =>
      stream(spec.seed, 'cma-es run', run, name).uniform(),
    );
    // What is in flight was drawn by the run before.
    const firstNumber = madeAfter + spec.parallelism;
    const lambda = 2 * state.lambda;
    return startRun(this.#coordinates, { run, lambda, mean, stepSize: RESTART_STEP, madeAfter, firstNumber });
  }
}

interface Cell {
  readonly mean: number;
  readonly spread: number;
  readonly low: number;
  readonly high: number;
}

/** A draw from a normal distribution cut to a cell; far from the mean, the near end of the cell. */
function drawWithin({ mean, spread, low, high }: Cell, u: number): number {
  const below = normalCdf((low - mean) / spread);
  const within = normalCdf((high - mean) / spread) - below;
  if (!(within > 1e-12)) return high < mean ? high : low;
  return Math.min(high, Math.max(low, mean + spread * normalQuantile(below + u * within)));
}

/**
 * One of the positions that the mirrors at 0 and 1 show at `low`, by their densities. To take every trial for one drawn
 * within the bounds would turn the covariance away from a corner that the best trials lie in.
 */
function unreflected({ mean, spread, low: position }: Cell, u: number): number {
  const positions = [position, -position, 2 - position];
  const distances = positions.map((one) => Math.abs(one - mean) / spread);
  const nearest = Math.min(...distances);
  // relative to the nearest, as all densities may underflow
  const densities = distances.map((distance) => exp(((nearest - distance) * (nearest + distance)) / 2));
  let rest = u * densities.reduce((sum, density) => sum + density, 0);
  for (let i = 0; i < 2; i++) {
    rest -= densities[i]!;
    if (rest < 0) return positions[i]!;
  }
  return positions[2]!;
}

/** The position folded back into [0, 1] at the bounds, as if they were mirrors. */
function reflected(position: number): number {
  const rest = Math.abs(position) % 2;
  return rest > 1 ? 2 - rest : rest;
}

function pick(probabilities: Float64Array, random: Stream): number {
  let rest = random.uniform();
  for (let c = 0; c < probabilities.length - 1; c++) {
    rest -= probabilities[c]!;
    if (rest < 0) return c;
  }
  return probabilities.length - 1;
}
