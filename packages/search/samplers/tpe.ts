import { stream } from '@caviar/numerics';
import type { Params, ParamValue, SamplerSpec } from '@caviar/spec';
import { compareLearnt, type LearntTrial, learntTrial, type PendingTrial, type TrialRecord } from '../history.js';
import { assemble } from '../space/compile-space.js';
import { isPointOf } from '../space/contains.js';
import type { Learner, LearningSampler, SamplerProblem, Suggestion } from './sampler.js';
import { sobolDraw } from './sobol.js';
import type { GroupSummary } from './tpe/group-history.js';
import { type Densities, GroupModel, type Pick } from './tpe/group-model.js';
import { groupParameters } from './tpe/groups.js';

type TpeSpec = Extract<SamplerSpec, { kind: 'tpe' }>;

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
  resume: (problem, summary) => new TpeLearner(problem, summary as TpeSummary),
};

interface TpeSummary {
  readonly known: number;
  /** In the order of the groups. */
  readonly groups: readonly GroupSummary[];
}

class TpeLearner implements Learner {
  readonly #problem: SamplerProblem<TpeSpec>;
  readonly #models: readonly GroupModel[];
  /** By parameter index; undefined for parameters with a single value. */
  readonly #modelOf: readonly (GroupModel | undefined)[];
  readonly #drawFirst: (number: number) => Params;
  /** Trials within the space that say something; and how many more a summary knew of. */
  readonly #known = new Set<number>();
  readonly #knownBefore: number;

  constructor(problem: SamplerProblem<TpeSpec>, summary?: TpeSummary) {
    const { space, spec } = problem;
    this.#problem = problem;
    const objectives = spec.objectives?.length ?? 1;
    this.#models = groupParameters(space).map((group, i) => {
      const known = summary === undefined ? {} : { summary: summary.groups[i]! };
      return new GroupModel(group, { seed: spec.seed, objectives, ...known });
    });
    this.#knownBefore = summary?.known ?? 0;
    this.#modelOf = space.parameters.map((_, i) => this.#models.find(({ group }) => group.parameters.includes(i)));
    this.#drawFirst = sobolDraw(space, spec.seed);
  }

  observe(trial: TrialRecord): void {
    const { space, spec } = this.#problem;
    const { number, params } = trial;
    const learnt = learntTrial(trial, spec);
    const isPoint = isPointOf(space, params);
    if (learnt !== null && isPoint) this.#known.add(number);
    else this.#known.delete(number);
    for (const model of this.#models) model.observe(number, params, { learnt, isPoint });
  }

  summarize(): TpeSummary | null {
    const groups = this.#models.flatMap((model) => model.summarize() ?? []);
    return groups.length < this.#models.length ? null : { known: this.#knownCount, groups };
  }

  get #knownCount(): number {
    return this.#knownBefore + this.#known.size;
  }

  propose(number: number, pending: readonly PendingTrial[]): Suggestion {
    const { sampler } = this.#problem;
    if (this.#knownCount < sampler.startup) {
      const proposal = `Point ${number + 1} of the scrambled Sobol sequence: there are ${this.#knownCount} outcomes to learn from, and ${sampler.startup} are needed.`;
      return { number, params: this.#drawFirst(number), round: null, proposal };
    }
    const densities = new Map<GroupModel, Densities>();
    const densitiesOf = (model: GroupModel): Densities => {
      const found = densities.get(model) ?? model.densities(pending);
      densities.set(model, found);
      return found;
    };
    const { params, picks } = this.#draw(number, densitiesOf);
    const best = bestOf(
      [...picks.keys()].map((model) => densitiesOf(model)),
      this.#problem.spec.objectives === undefined,
    );
    let score = 0;
    for (const pick of picks.values()) score += pick.score;
    return {
      number,
      params,
      round: null,
      proposal: this.#explain(best),
      basis: {
        sampler: 'tpe',
        trials: best.slice(0, MOST_NAMED).map((trial) => trial.number),
        score: { name: 'logDensityRatio', value: score },
      },
    };
  }

  /** One whole configuration: the best candidate of each group that is active. */
  #draw(
    number: number,
    densitiesOf: (model: GroupModel) => Densities,
  ): {
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
        const random = stream(spec.seed, 'tpe', model.group.key, number);
        pick = model.pick(densitiesOf(model), sampler.candidates, random);
        picks.set(model, pick);
      }
      return pick.values.get(i)!;
    });
    return { params, picks };
  }

  #explain([leader, ...more]: readonly LearntTrial[]): string {
    const { sampler, spec } = this.#problem;
    const { objectives } = spec;
    const candidates = sampler.candidates === 1 ? 'A draw' : `The best of ${sampler.candidates} draws`;
    if (leader === undefined) return `${candidates} away from ${this.#knownCount} trials, none of which gave a value.`;
    if (objectives !== undefined) {
      const good = more.length === 0 ? 'the best trial' : `the ${more.length + 1} best trials by domination and volume`;
      return `${candidates} around ${good} of ${objectives.length} objectives and away from the others; trial ${leader.number} leads.`;
    }
    const { metric, direction } = spec.objective;
    const value = Number((direction === 'maximize' ? 0 - leader.cost : leader.cost).toPrecision(4));
    const but = leader.violation > 0 ? ', the least far from keeping the constraints' : '';
    const good = more.length === 0 ? 'the best trial' : `the ${more.length + 1} best trials`;
    return `${candidates} around ${good} and away from the others; trial ${leader.number} leads with ${metric} ${value}${but}.`;
  }
}

/** The good trials of all groups, best first: by value, or as they come where several objectives have no one order. */
function bestOf(densities: readonly Densities[], byValue: boolean): LearntTrial[] {
  const byNumber = new Map(densities.flatMap(({ best }) => best.map((trial) => [trial.number, trial] as const)));
  const all = [...byNumber.values()];
  return byValue ? all.sort(compareLearnt) : all;
}
