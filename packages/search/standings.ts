import { type Costs, crowdingDistances, dominates, nonDominationRanks } from './pareto.js';

/** Where a trial stands among others. */
export interface Standing {
  /** Its class, as 0 and above: whoever is of a lower one is ahead. For most purposes by how much it breaks constraints. */
  readonly tier: number;
  /** Within a class: costs of the objectives. */
  readonly costs: Costs;
}

/** Whether `a` is ahead of `b` for certain: of a lower class, or of the same one and dominating it (Deb's constrained domination). */
export function isAhead(a: Standing, b: Standing): boolean {
  return a.tier === b.tier ? dominates(a.costs, b.costs) : a.tier < b.tier;
}

/** A place among others. */
export interface Place {
  /** Front that it belongs to, from 0: none of the same front is ahead of another. */
  readonly front: number;
  /** How lonely it is among those of its front; larger goes first. */
  readonly crowding: number;
}

/** The place of each of some trials. */
export function placesAmong(standings: readonly Standing[]): Place[] {
  const places: Place[] = new Array(standings.length);
  const tiers = new Map<number, number[]>();
  standings.forEach(({ tier }, i) => {
    const members = tiers.get(tier);
    if (members === undefined) tiers.set(tier, [i]);
    else members.push(i);
  });
  let before = 0;
  for (const [, members] of [...tiers].sort(([a], [b]) => a - b)) {
    const ranks = nonDominationRanks(members.map((i) => standings[i]!.costs));
    const fronts: number[][] = [];
    ranks.forEach((rank, k) => {
      while (fronts.length <= rank) fronts.push([]);
      fronts[rank]!.push(members[k]!);
    });
    for (const front of fronts) {
      const distances = crowdingDistances(front.map((i) => standings[i]!.costs));
      front.forEach((i, k) => {
        places[i] = { front: before, crowding: distances[k]! };
      });
      before++;
    }
  }
  return places;
}

/** Order of trials by their places, ties by number. */
export function comparePlaces(a: Place & { readonly number: number }, b: Place & { readonly number: number }): number {
  if (a.front !== b.front) return a.front - b.front;
  if (a.crowding !== b.crowding) return b.crowding > a.crowding ? 1 : -1;
  return a.number - b.number;
}
