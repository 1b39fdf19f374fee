import { addToFronts, byCrowding, type FrontMember, type Fronts, removeFromFronts } from '../../fronts.js';
import { hypervolume } from '../../hypervolume.js';
import type { Costs } from '../../pareto.js';
import { standingOf } from '../learnt-standing.js';
import type { Observation } from './observation.js';
import { MOST_BEST, type Ranking } from './ranking.js';

interface Member extends FrontMember {
  readonly observation: Observation;
}

/** Members of a front that the hypervolume chooses from at most: of more, the loneliest. */
const MOST_WEIGHED = 60;
/** Objectives up to which hypervolumes are cheap enough. */
const MOST_OBJECTIVES = 3;
/** The reference point lies beyond the worst of the front by this part of its range. */
const MARGIN = 0.1;

/**
 * By domination, for several objectives: whole fronts, and of the last one those that together dominate the largest volume,
 * one after the other (Ozaki et al., "Multiobjective tree-structured Parzen estimator", JAIR 73, 2022, section 4).
 */
export class FrontRanking implements Ranking {
  readonly #fronts: Fronts<Member> = [];
  /** What was chosen from a front that has not changed since: those are replaced, or grow. */
  readonly #chosen = new WeakMap<readonly Member[], { readonly length: number; readonly best: readonly Member[] }>();
  #best: readonly Observation[] | null = null;

  add(observation: Observation): void {
    const { learnt } = observation;
    addToFronts(this.#fronts, { ...standingOf(learnt), number: learnt.number, observation });
    this.#best = null;
  }

  remove({ learnt }: Observation): void {
    removeFromFronts(this.#fronts, learnt.number);
    this.#best = null;
  }

  best(count: number): readonly Observation[] {
    this.#best ??= this.#rank();
    return this.#best.slice(0, count);
  }

  lasting(): null {
    return null;
  }

  /** Every front by what its members add to the volume of those before them. */
  #rank(): readonly Observation[] {
    const best: Member[] = [];
    for (const front of this.#fronts) {
      if (best.length >= MOST_BEST) break;
      best.push(...this.#bestOf(front, MOST_BEST - best.length));
    }
    return best.map(({ observation }) => observation);
  }

  /** Who was chosen first does not hang on how many are. */
  #bestOf(front: readonly Member[], count: number): readonly Member[] {
    const known = this.#chosen.get(front);
    if (known !== undefined && known.length === front.length && known.best.length >= Math.min(count, front.length)) {
      return known.best.slice(0, count);
    }
    const best = byVolume(front, count);
    this.#chosen.set(front, { length: front.length, best });
    return best;
  }
}

/** Members of a front, each the one that adds most to the volume of those before it; `count` at most. */
function byVolume(front: readonly Member[], count: number): Member[] {
  const lonely = byCrowding(front).slice(0, MOST_WEIGHED);
  const objectives = lonely[0]?.costs.length ?? 0;
  if (objectives > MOST_OBJECTIVES || lonely.length < 2) return lonely.slice(0, count);
  const scaled = scaledCosts(lonely.map(({ costs }) => costs));
  const reference = new Array<number>(objectives).fill(1 + MARGIN);
  const chosen: number[] = [];
  let volume = 0;
  // What a member adds never grows as others are chosen: only the one that added most before has to be looked at again.
  const waiting = scaled.map((costs, i) => ({ i, gain: hypervolume([costs], reference), at: 0 }));
  while (chosen.length < count && waiting.length > 0) {
    waiting.sort((a, b) => b.gain - a.gain || a.i - b.i);
    const first = waiting[0]!;
    if (first.at === chosen.length) {
      waiting.shift();
      chosen.push(first.i);
      volume += first.gain;
      continue;
    }
    first.gain =
      hypervolume(
        [...chosen, first.i].map((k) => scaled[k]!),
        reference,
      ) - volume;
    first.at = chosen.length;
  }
  return chosen.map((i) => lonely[i]!);
}

/** Costs from 0 to 1 by the range of the front in each objective; 0 where all are the same. */
function scaledCosts(points: readonly Costs[]): Costs[] {
  const ranges = points[0]!.map((_, m) => {
    const all = points.map((costs) => costs[m]!);
    return { low: Math.min(...all), high: Math.max(...all) };
  });
  return points.map((costs) =>
    costs.map((cost, m) => {
      const { low, high } = ranges[m]!;
      // Halves, as a range may be too large for a number.
      return high > low ? (cost / 2 - low / 2) / (high / 2 - low / 2) : 0;
    }),
  );
}
