import { exp, log, type Stream, stream } from '@caviar/numerics';
import type { Params, SamplerSpec } from '@caviar/spec';
import { learntTrial, type PendingTrial, type TrialRecord } from '../history.js';
import { assemble, type CompiledParameter, type CompiledSpace } from '../space/compile-space.js';
import { isPointOf } from '../space/contains.js';
import { comparePlaces, type Place, type Standing } from '../standings.js';
import { BestFronts } from './best-fronts.js';
import { standingOf } from './learnt-standing.js';
import type { Learner, LearningSampler, SamplerProblem } from './sampler.js';
import { sobolDraw } from './sobol.js';

type Nsga2Spec = Extract<SamplerSpec, { kind: 'nsga2' }>;

/** Distribution indices of crossover and mutation: larger keeps children closer to their parents. */
const CROSSOVER_INDEX = 10;
const MUTATION_INDEX = 20;
/** Share of children that are crossed; the others are mutated copies. */
const CROSSOVER_SHARE = 0.9;
/** Tries at a configuration that is not there yet. */
const MAX_TRIES = 20;

/**
 * NSGA-II (Deb, Pratap, Agarwal and Meyarivan, IEEE TEVC 6, 2002) in its steady-state form: each trial is a child of two
 * of the best `population` trials so far, by non-domination rank and crowding distance. Trials without all values have no
 * children; those that break a constraint stand behind all that keep them.
 */
export const nsga2Sampler: LearningSampler<Nsga2Spec> = {
  kind: 'nsga2',
  previewAs: () => ({ kind: 'sobol' }),
  learn: (problem) => new Nsga2Learner(problem),
};

interface Individual extends Standing {
  readonly number: number;
  readonly params: Params;
}

interface Ranked extends Individual, Place {}

class Nsga2Learner implements Learner {
  private readonly space: CompiledSpace;
  private readonly begin: (number: number) => Params;
  /** Keys of the params of all that is known, by number; and how many have each. */
  private readonly known = new Map<number, string>();
  private readonly taken = new Map<string, number>();
  /** Those with values. */
  private readonly fronts: BestFronts<Individual>;

  constructor(private readonly problem: SamplerProblem<Nsga2Spec>) {
    const { spec, space } = problem;
    this.space = space;
    this.begin = sobolDraw(space, spec.seed);
    this.fronts = new BestFronts(problem.sampler.population);
  }

  observe(trial: TrialRecord): void {
    const { number, params } = trial;
    if (!isPointOf(this.space, params)) return;
    const learnt = learntTrial(trial, this.problem.spec);
    this.take(number, learnt === null ? null : keyOf(params));
    const standing = learnt === null ? null : standingOf(learnt);
    if (standing === null || standing.tier === Number.POSITIVE_INFINITY) this.fronts.delete(number);
    else this.fronts.set({ number, params, ...standing });
  }

  /** Takes note of whose params are taken; null for somebody who says nothing. */
  private take(number: number, key: string | null): void {
    const former = this.known.get(number);
    if (former !== undefined) {
      const left = this.taken.get(former)! - 1;
      if (left > 0) this.taken.set(former, left);
      else this.taken.delete(former);
      this.known.delete(number);
    }
    if (key === null) return;
    this.known.set(number, key);
    this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
  }

  propose(number: number, pending: readonly PendingTrial[]) {
    const { population } = this.problem.sampler;
    const pool = this.fronts.best();
    if (this.known.size < population || pool.length === 0) {
      const proposal = `Point ${number + 1} of the scrambled Sobol sequence: the first ${population} trials show the space.`;
      return { number, params: this.begin(number), round: null, proposal };
    }
    const waiting = new Set(pending.map(({ params }) => keyOf(params)));
    const isTaken = (key: string) => this.taken.has(key) || waiting.has(key);
    let family = this.family(pool, number, 0);
    for (let tries = 1; isTaken(keyOf(family.child)) && tries < MAX_TRIES; tries++) {
      family = this.family(pool, number, tries);
    }
    const [one, other] = family.parents;
    const of = (parent: Ranked) => `trial ${parent.number} (rank ${parent.front + 1})`;
    return {
      number,
      params: family.child,
      round: null,
      proposal: `A child of ${of(one)} and ${of(other)}, two of the best ${population} by domination.`,
      basis: { sampler: 'nsga2' as const, trials: [...new Set([one.number, other.number])] },
    };
  }

  /** Two parents, the better one first, and a child of theirs. */
  private family(
    pool: readonly Ranked[],
    number: number,
    tries: number,
  ): { readonly parents: readonly [Ranked, Ranked]; readonly child: Params } {
    const random = stream(this.problem.spec.seed, 'nsga2', number, tries);
    const [a, b] = [this.tournament(pool, random), this.tournament(pool, random)];
    const parents = comparePlaces(a, b) <= 0 ? ([a, b] as const) : ([b, a] as const);
    const isCrossed = random.uniform() < CROSSOVER_SHARE;
    return { parents, child: this.child(parents, { number, tries, isCrossed }) };
  }

  /** The better of two drawn at random: by rank, then by loneliness, then the older. */
  private tournament(pool: readonly Ranked[], random: Stream): Ranked {
    const pick = () => pool[Math.floor(random.uniform() * pool.length)]!;
    const [a, b] = [pick(), pick()];
    return comparePlaces(a, b) <= 0 ? a : b;
  }

  /** Each parameter has random numbers of its own, by name: the order of keys does not matter. */
  private child(
    [one, other]: readonly [Ranked, Ranked],
    { number, tries, isCrossed }: { readonly number: number; readonly tries: number; readonly isCrossed: boolean },
  ): Params {
    const { parameters } = this.space;
    const { seed } = this.problem.spec;
    const mutationShare = 1 / Math.max(1, parameters.length);
    return assemble(this.space, (i) => {
      const parameter = parameters[i]!;
      const random = stream(seed, 'nsga2', number, tries, parameter.name);
      const a = unitOf(parameter, one.params);
      const b = isCrossed ? unitOf(parameter, other.params) : a;
      let u = inherit(parameter, { a, b, random });
      if (random.uniform() < mutationShare) u = mutate(parameter, u, random);
      return parameter.unit.fromUnit(u);
    });
  }
}

/** Where a parameter of a parent lies; null where the parent does not have it. */
function unitOf({ name, unit }: CompiledParameter, params: Params): number | null {
  const value = params[name];
  return value === undefined ? null : unit.toUnit(value);
}

interface Crossing {
  readonly a: number | null;
  readonly b: number | null;
  readonly random: Stream;
}

/** Simulated binary crossover for numbers, either parent's choice for categoricals, a fresh draw where neither has one. */
function inherit({ domain }: CompiledParameter, { a, b, random }: Crossing): number {
  if (a === null || b === null) return a ?? b ?? random.uniform();
  const first = random.uniform() < 0.5;
  if (domain.kind === 'categorical' || a === b) return first ? a : b;
  const u = random.uniform();
  const spread = power(u < 0.5 ? 2 * u : 1 / (2 * (1 - u)), 1 / (CROSSOVER_INDEX + 1));
  const side = first ? 1 : -1;
  return clamp(((1 + side * spread) * a + (1 - side * spread) * b) / 2);
}

/** Polynomial mutation for numbers, another choice for categoricals. */
function mutate({ domain }: CompiledParameter, u: number, random: Stream): number {
  const draw = random.uniform();
  if (domain.kind === 'categorical') return draw;
  const exponent = 1 / (MUTATION_INDEX + 1);
  const delta = draw < 0.5 ? power(2 * draw, exponent) - 1 : 1 - power(2 * (1 - draw), exponent);
  return clamp(u + delta);
}

function power(x: number, exponent: number): number {
  return x === 0 ? 0 : exp(exponent * log(x));
}

function clamp(u: number): number {
  return Math.min(1, Math.max(0, u));
}

/** The same for equal params, whatever the order of their keys. */
function keyOf(params: Params): string {
  return JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
}
