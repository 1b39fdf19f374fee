import { crowdingDistances } from './pareto.js';
import { comparePlaces, isAhead, type Standing } from './standings.js';

/** A trial in a front. */
export interface FrontMember extends Standing {
  readonly number: number;
}

/** Fronts, the best first, kept up to date as trials come: plain JSON, none of them empty. */
export type Fronts<T extends FrontMember> = T[][];

/**
 * Adds a trial. The fronts are then the same, up to the order within each, as if all had come at once: the trial enters the
 * first front that is not ahead of it, and those it is ahead of move on with all that this entails.
 *
 * Source: Li, Deb, Zhang and Zhang, "Efficient non-domination level update method", IEEE Trans. Cybernetics 47, 2017.
 */
export function addToFronts<T extends FrontMember>(fronts: Fronts<T>, member: T): void {
  let moving: T[] = [member];
  for (let level = frontOf(fronts, member); moving.length > 0; level++) {
    const front = fronts[level];
    if (front === undefined) {
      fronts.push(moving);
      return;
    }
    const moves = front.filter((one) => isAheadOf(moving, one));
    if (moves.length === front.length) {
      // All of it moves on, and so does all behind it.
      fronts.splice(level, 0, moving);
      return;
    }
    // Mostly none does: then the front, which may be thousands long, is copied as it is.
    const gone = new Set(moves);
    fronts[level] = [...(moves.length === 0 ? front : front.filter((one) => !gone.has(one))), ...moving];
    moving = moves;
  }
}

/** A loop, not `some`: it runs for every member of a front, for mostly a single newcomer. */
function isAheadOf(movers: readonly Standing[], one: Standing): boolean {
  for (const mover of movers) if (isAhead(mover, one)) return true;
  return false;
}

/** Takes a trial out, and lets those move up that it alone was ahead of; changes nothing when it is not there. */
export function removeFromFronts<T extends FrontMember>(fronts: Fronts<T>, number: number): void {
  let level = fronts.findIndex((front) => front.some((member) => member.number === number));
  if (level < 0) return;
  let gone = fronts[level]!.filter((member) => member.number === number);
  fronts[level] = fronts[level]!.filter((member) => member.number !== number);
  for (;;) {
    const front = fronts[level]!;
    if (front.length === 0) {
      fronts.splice(level, 1);
      return;
    }
    const next = fronts[level + 1];
    if (next === undefined) return;
    const stays: T[] = [];
    const rises: T[] = [];
    for (const one of next) {
      const isFree = gone.some((former) => isAhead(former, one)) && !front.some((other) => isAhead(other, one));
      (isFree ? rises : stays).push(one);
    }
    if (rises.length === 0) return;
    front.push(...rises);
    fronts[level + 1] = stays;
    gone = rises;
    level++;
  }
}

/** Index of the front that a trial belongs to: the first without one that is ahead of it. */
export function frontOf(fronts: Fronts<FrontMember>, standing: Standing): number {
  let low = 0;
  let high = fronts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fronts[middle]!.some((other) => isAhead(other, standing))) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The best `count` trials, best first: whole fronts, and of the last one those that lie the loneliest. */
export function bestOfFronts<T extends FrontMember>(fronts: Fronts<T>, count: number): T[] {
  const best: T[] = [];
  for (const front of fronts) {
    if (best.length >= count) break;
    best.push(...byCrowding(front).slice(0, count - best.length));
  }
  return best;
}

/** A front, the loneliest first. */
export function byCrowding<T extends FrontMember>(front: readonly T[]): T[] {
  // The distances of equal trials depend on their order.
  const members = [...front].sort((a, b) => a.number - b.number);
  const distances = crowdingDistances(members.map(({ costs }) => costs));
  return members
    .map((member, i) => ({ member, number: member.number, front: 0, crowding: distances[i]! }))
    .sort(comparePlaces)
    .map(({ member }) => member);
}
