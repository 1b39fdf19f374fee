import { stream } from '@caviar/numerics';
import type { Params, ParamValue, SamplerSpec } from '@caviar/spec';
import { compareLearnt, type LearntTrial, learntTrial, type PendingTrial, type TrialRecord } from '../history.js';
import { cardinality } from '../space/cardinality.js';
import { assemble } from '../space/compile-space.js';
import { isPointOf } from '../space/contains.js';
import { randomDraw } from './random.js';
import type { Learner, LearningSampler, SamplerProblem, Suggestion } from './sampler.js';
import { sobolDraw } from './sobol.js';
import { type Densities, GroupModel, type Pick } from './tpe/group-model.js';
import { groupParameters } from './tpe/groups.js';

type TpeSpec = Extract<SamplerSpec, { kind: 'tpe' }>;

/** Times it draws again, from the model and then from the whole space, when a finite space has had the params before. */
const REDRAWS = 10;
const RANDOM_REDRAWS = 1000;
/** Trials named as the basis of a proposal. */
const MOST_NAMED = 10;

/**
 * Tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl, NIPS 2011), multivariate: it draws candidates like
 * the best trials and picks the one that is least like the others. Parameters that are active together are modelled
 * together, from the trials that have them.
 */
export const tpeSampler: LearningSampler<TpeSpec> = {
  kind: 'tpe',
  previewAs: () => ({ kind: 'sobol' }),
  learn: (problem) => new TpeLearner(problem),
};

class TpeLearner implements Learner {
  readonly #problem: SamplerProblem<TpeSpec>;
  readonly #models: readonly GroupModel[];
  /** By parameter index; undefined for parameters with a single value. */
  readonly #modelOf: readonly (GroupModel | undefined)[];
  readonly #drawFirst: (number: number) => Params;
  readonly #drawAny: (number: number) => Params;
  /** Trials within the space that say something. */
  readonly #known = new Set<number>();
  /** Distinct configurations of the space. */
  readonly #cardinality: number;
  /** Keys of the params observed; kept where the space is finite. */
  readonly #tried = new Set<string>();

  constructor(problem: SamplerProblem<TpeSpec>) {
    const { space, spec } = problem;
    this.#problem = problem;
    this.#models = groupParameters(space).map((group) => new GroupModel(group, spec.seed));
    this.#modelOf = space.parameters.map((_, i) => this.#models.find(({ group }) => group.parameters.includes(i)));
    this.#drawFirst = sobolDraw(space, spec.seed);
    this.#drawAny = randomDraw(space, spec.seed);
    this.#cardinality = cardinality(space.space);
  }

  observe(trial: TrialRecord): void {
    const { space, spec } = this.#problem;
    const { number, params } = trial;
    const learnt = learntTrial(trial, spec.objective.direction);
    const inSpace = isPointOf(space, params);
    if (inSpace && learnt !== null) this.#known.add(number);
    else this.#known.delete(number);
    if (inSpace && this.#cardinality !== Number.POSITIVE_INFINITY) this.#tried.add(keyOf(params));
    for (const model of this.#models) model.observe(number, params, learnt);
  }

  propose(number: number, pending: readonly PendingTrial[]): Suggestion {
    const { sampler, spec } = this.#problem;
    if (this.#known.size < sampler.startup) {
      const proposal = `Point ${number + 1} of the scrambled Sobol sequence: there are ${this.#known.size} outcomes to learn from, and ${sampler.startup} are needed.`;
      return { number, params: this.#drawFirst(number), round: null, proposal };
    }
    const densities = new Map<GroupModel, Densities>();
    const densitiesOf = (model: GroupModel): Densities => {
      const found = densities.get(model) ?? model.densities(pending);
      densities.set(model, found);
      return found;
    };
    const isNew = this.#newness(pending);
    let drawn = this.#draw({ number, attempt: 0, densitiesOf });
    for (let attempt = 1; attempt <= REDRAWS && !isNew(drawn.params); attempt++) {
      drawn = this.#draw({ number, attempt, densitiesOf });
    }
    const random = stream(spec.seed, 'tpe', 'redraw', number);
    for (let attempt = 0; attempt < RANDOM_REDRAWS && !isNew(drawn.params); attempt++) {
      const params = this.#drawAny(random.below(Number.MAX_SAFE_INTEGER));
      if (isNew(params))
        return { number, params, round: null, proposal: 'Drawn at random: the candidates had been tried before.' };
    }
    const best = bestOf([...drawn.picks.keys()].map((model) => densitiesOf(model)));
    let score = 0;
    for (const pick of drawn.picks.values()) score += pick.score;
    return {
      number,
      params: drawn.params,
      round: null,
      proposal: this.#explain(best),
      basis: {
        sampler: 'tpe',
        trials: best.slice(0, MOST_NAMED).map((trial) => trial.number),
        score: { name: 'logDensityRatio', value: score },
      },
    };
  }

  /** Tells whether params have not been tried; of a space that is infinite or exhausted, all are as good as new. */
  #newness(pending: readonly PendingTrial[]): (params: Params) => boolean {
    if (this.#cardinality === Number.POSITIVE_INFINITY) return () => true;
    const taken = new Set(pending.map(({ params }) => keyOf(params)));
    for (const key of taken) if (this.#tried.has(key)) taken.delete(key);
    if (this.#tried.size + taken.size >= this.#cardinality) return () => true;
    return (params) => !taken.has(keyOf(params)) && !this.#tried.has(keyOf(params));
  }

  /** One whole configuration: the best candidate of each group that is active. */
  #draw({ number, attempt, densitiesOf }: Draw): {
    readonly params: Params;
    readonly picks: ReadonlyMap<GroupModel, Pick>;
  } {
    const { sampler, space, spec } = this.#problem;
    const picks = new Map<GroupModel, Pick>();
    const params = assemble(space, (i): ParamValue => {
      const model = this.#modelOf[i];
      if (model === undefined) return space.parameters[i]!.unit.fromUnit(0.5);
      let pick = picks.get(model);
      if (pick === undefined) {
        const random = stream(spec.seed, 'tpe', model.group.key, number, attempt);
        pick = model.pick(densitiesOf(model), sampler.candidates, random);
        picks.set(model, pick);
      }
      return pick.values.get(i)!;
    });
    return { params, picks };
  }

  #explain([leader, ...more]: readonly LearntTrial[]): string {
    const { sampler, spec } = this.#problem;
    const candidates = sampler.candidates === 1 ? 'A draw' : `The best of ${sampler.candidates} draws`;
    if (leader === undefined) return `${candidates} away from ${this.#known.size} trials, none of which gave a value.`;
    const { metric, direction } = spec.objective;
    const value = Number((direction === 'maximize' ? 0 - leader.cost : leader.cost).toPrecision(4));
    const good = more.length === 0 ? 'the best trial' : `the ${more.length + 1} best trials`;
    return `${candidates} around ${good} and away from the others; trial ${leader.number} leads with ${metric} ${value}.`;
  }
}

interface Draw {
  readonly number: number;
  readonly attempt: number;
  readonly densitiesOf: (model: GroupModel) => Densities;
}

/** The good trials of all groups, best first. */
function bestOf(densities: readonly Densities[]): LearntTrial[] {
  const byNumber = new Map(densities.flatMap(({ best }) => best.map((trial) => [trial.number, trial] as const)));
  return [...byNumber.values()].sort(compareLearnt);
}

/** The same for equal params, whatever the order of keys. */
function keyOf(params: Params): string {
  const names = Object.keys(params).sort();
  return JSON.stringify(names.map((name) => [name, params[name]]));
}
