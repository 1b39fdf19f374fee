import { log, type Stream, streamKey } from '@caviar/numerics';
import type { Params, ParamValue } from '@caviar/spec';
import type { LearntTrial, PendingTrial } from '../../history.js';
import { FrontRanking } from './front-ranking.js';
import { GroupHistory, type GroupSummary } from './group-history.js';
import { coordinatesOf, type Group } from './groups.js';
import { LazyObservation, type Observation } from './observation.js';
import { ParzenEstimator, type Point, type WeightedPoint } from './parzen.js';
import { MOST_BEST, ValueRanking } from './ranking.js';

/** Share of the trials that count as good: 25 at most. */
const GOOD_SHARE = 0.15;
const PRIOR_WEIGHT = 1;
/** Pending trials that are looked at: the latest. */
const MOST_PENDING = 256;

/** What candidates for a group's parameters are drawn from and judged by. */
export interface Densities {
  readonly good: ParzenEstimator;
  readonly bad: ParzenEstimator;
  /** The trials that the good ones are, best first. */
  readonly best: readonly LearntTrial[];
}

/** The best of the candidates for one group. */
export interface Pick {
  /** Values by parameter index. */
  readonly values: ReadonlyMap<number, ParamValue>;
  /** Logarithm of the good density over the bad one. */
  readonly score: number;
}

/** What is known of one group's parameters, and what to try next. */
export class GroupModel {
  readonly group: Group;
  readonly #history: GroupHistory;
  readonly #locate: (trial: LearntTrial) => Float64Array;

  constructor(
    group: Group,
    {
      seed,
      objectives,
      summary,
    }: { readonly seed: number; readonly objectives: number; readonly summary?: GroupSummary },
  ) {
    this.group = group;
    this.#locate = ({ params }) => coordinatesOf(group, params)!;
    const ranking = objectives === 1 ? new ValueRanking() : new FrontRanking();
    this.#history = new GroupHistory(streamKey(seed, 'tpe sample', group.key), ranking, summary);
  }

  /**
   * @param learnt null for a trial that says nothing
   * @param isPoint whether the params are known to be a point of the space
   */
  observe(
    number: number,
    params: Params,
    { learnt, isPoint }: { readonly learnt: LearntTrial | null; readonly isPoint: boolean },
  ): void {
    if (isPoint ? !hasAll(this.group, params) : coordinatesOf(this.group, params) === null) return;
    this.#history.set(number, learnt === null ? null : new LazyObservation(learnt, this.#locate));
  }

  /** What is known, in a size that does not grow with the trials; null for several objectives. None of them may come again. */
  summarize(): GroupSummary | null {
    return this.#history.summarize();
  }

  /**
   * The densities of good and of other values. The better a good trial, the more it counts: weights fall with the logarithm
   * of the rank. Pending trials count as bad ones ("constant liar"), which keeps parallel trials apart.
   */
  densities(pending: readonly PendingTrial[]): Densities {
    const best = withoutTies(this.#history.best(Math.min(MOST_BEST, Math.ceil(GOOD_SHARE * this.#history.finite))));
    const good = best.map(({ at }, i) => ({ at, weight: log(best.length + 1.5) - log(i + 1) }));
    const bad: WeightedPoint[] = this.#history.others(best);
    for (const { number, params } of pending.slice(-MOST_PENDING)) {
      const at = this.#history.has(number) ? null : coordinatesOf(this.group, params);
      if (at !== null) bad.push({ at, weight: 1 });
    }
    return {
      good: new ParzenEstimator(this.group.axes, good, PRIOR_WEIGHT),
      bad: new ParzenEstimator(this.group.axes, bad, PRIOR_WEIGHT),
      best: best.map(({ learnt }) => learnt),
    };
  }

  /**
   * Draws candidates like the good trials and picks the one that is least like the others. What decides which other
   * parameters are active is drawn once for all candidates: by the highest ratio a branch that has begun badly would
   * never be tried again, however good it could become, since the ratio knows nothing of the parameters within.
   */
  pick({ good, bad }: Densities, candidates: number, random: Stream): Pick {
    const first = good.sample(random);
    let chosen = this.#settled(first);
    let score = good.logDensity(chosen) - bad.logDensity(chosen);
    for (let c = 1; c < candidates; c++) {
      const drawn = good.sample(random);
      for (const j of this.group.gates) drawn[j] = first[j]!;
      const point = this.#settled(drawn);
      const ratio = good.logDensity(point) - bad.logDensity(point);
      if (ratio > score) {
        chosen = point;
        score = ratio;
      }
    }
    return { values: new Map(this.group.parameters.map((i, j) => [i, this.#valueAt(j, chosen.at[j]!)])), score };
  }

  #valueAt(j: number, x: number): ParamValue {
    const axis = this.group.axes[j]!;
    return axis.kind === 'choice' ? axis.choices[x]! : axis.unit.fromUnit(x);
  }

  /** The point of the domain that a draw comes to. */
  #settled(drawn: Float64Array): Point {
    const at = Float64Array.from(drawn);
    const cells = new Float64Array(2 * drawn.length);
    this.group.axes.forEach((axis, j) => {
      if (axis.kind === 'choice') return;
      const u = drawn[j]!;
      const continuous = axis.unit.count === Number.POSITIVE_INFINITY;
      const value = continuous ? null : axis.unit.fromUnit(u);
      const [low, high] = value === null ? [u, u] : axis.unit.cell(value);
      if (value !== null) at[j] = axis.unit.toUnit(value);
      cells[2 * j] = low;
      cells[2 * j + 1] = high;
    });
    return { at, cells };
  }
}

function hasAll({ names }: Group, params: Params): boolean {
  for (const name of names) if (!Object.hasOwn(params, name)) return false;
  return true;
}

/**
 * Of good trials that came to the very same, a fifth of all at most: a plateau that has been found is not the better for every
 * trial on it, and to count all of them would keep the search there. The others are no longer good ones.
 */
function withoutTies(best: readonly Observation[]): readonly Observation[] {
  const most = Math.ceil(best.length / 5);
  let alike = 0;
  return best.filter(({ learnt }, i) => {
    const before = best[i - 1]?.learnt;
    alike = before !== undefined && isTie(before, learnt) ? alike + 1 : 1;
    return alike <= most;
  });
}

function isTie(a: LearntTrial, b: LearntTrial): boolean {
  return (
    a.extent === b.extent &&
    a.step === b.step &&
    a.violation === b.violation &&
    a.costs.every((cost, m) => cost === b.costs[m])
  );
}
