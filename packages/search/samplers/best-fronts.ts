import { nonDominationRanks } from '../pareto.js';
import { comparePlaces, isAhead, type Place, placesAmong, type Standing } from '../standings.js';

/** Somebody with a place among others. */
export interface Contender extends Standing {
  readonly number: number;
}

type Ranked<T> = T & Place;

interface Head<T> {
  readonly members: readonly T[];
  /** Those of the last of its fronts. */
  readonly last: readonly T[];
  /** Infinity where all are in it. */
  readonly lastFront: number;
}

/** How many times as many as are asked for are kept in the first fronts, so that the others are seldom looked at. */
const SPARE = 4;

/**
 * The best of many trials by front, loneliness and number, brought up to date as trials come: ranking a hundred thousand takes most of a
 * second, and hardly one that comes changes who is best.
 *
 * It keeps the first fronts whole (`head`). Whoever is not in them stands behind one of each of these fronts, and that stays so whoever
 * comes: so the same fronts of the head and the newcomers together are those of all. Only when too few are left in them, or one of
 * them goes, are all ranked anew.
 */
export class BestFronts<T extends Contender> {
  readonly #count: number;
  /** All, in the order in which they came first; and their places in that order. */
  readonly #all = new Map<number, T>();
  readonly #order = new Map<number, number>();
  #arrivals = 0;
  #head: Head<T> | null = null;
  readonly #newcomers = new Set<number>();
  #best: readonly Ranked<T>[] | null = null;

  constructor(count: number) {
    this.#count = count;
  }

  set(one: T): void {
    const { number } = one;
    this.#forgetIfInHead(number);
    if (!this.#order.has(number)) this.#order.set(number, this.#arrivals++);
    this.#all.set(number, one);
    // Behind one of the last front of the head, it changes nothing.
    if (this.#head?.last.some((member) => isAhead(member, one)) === true) {
      if (!this.#newcomers.delete(number)) return;
    } else this.#newcomers.add(number);
    this.#best = null;
  }

  delete(number: number): void {
    if (!this.#all.delete(number)) return;
    this.#forgetIfInHead(number);
    this.#order.delete(number);
    this.#newcomers.delete(number);
    this.#best = null;
  }

  /** The best `count`, best first. */
  best(): readonly Ranked<T>[] {
    this.#best ??= this.#amongHead() ?? this.#amongAll();
    return this.#best;
  }

  #forgetIfInHead(number: number): void {
    if (this.#head?.members.some((member) => member.number === number) === true) this.#head = null;
  }

  /** Null where the first fronts do not say. */
  #amongHead(): readonly Ranked<T>[] | null {
    if (this.#head === null) return null;
    const { members, lastFront } = this.#head;
    const newcomers = [...this.#newcomers].map((number) => this.#all.get(number)!);
    const place = ({ number }: T) => this.#order.get(number)!;
    const within = ranked([...members, ...newcomers].sort((a, b) => place(a) - place(b)));
    const sure = within.filter(({ front }) => front <= lastFront);
    return sure.length < this.#count ? null : this.#settle(sure, lastFront);
  }

  #amongAll(): readonly Ranked<T>[] {
    const all = [...this.#all.values()];
    const first = ranked(firstFronts(all, SPARE * this.#count));
    const lastFront = first.reduce((most, { front }) => Math.max(most, front), 0);
    return this.#settle(first, first.length < all.length ? lastFront : Number.POSITIVE_INFINITY);
  }

  /** Keeps as many of the first fronts as there is use for, whole. */
  #settle(sure: readonly Ranked<T>[], lastFront: number): readonly Ranked<T>[] {
    const sorted = [...sure].sort(comparePlaces);
    const until = Math.min(lastFront, sorted[SPARE * this.#count - 1]?.front ?? lastFront);
    const members = sure.filter(({ front }) => front <= until);
    const last = members.filter(({ front }) => front === until);
    this.#head = { members: members.map(({ number }) => this.#all.get(number)!), last, lastFront: until };
    this.#newcomers.clear();
    return sorted.slice(0, this.#count);
  }
}

/** Members of the first fronts, whole ones, at least so many if there are, in the order given. */
function firstFronts<T extends Contender>(all: readonly T[], atLeast: number): readonly T[] {
  const tiers = [...new Set(all.map(({ tier }) => tier))].sort((a, b) => a - b);
  const chosen = new Set<T>();
  for (const tier of tiers) {
    const members = all.filter((one) => one.tier === tier);
    const ranks = nonDominationRanks(members.map(({ costs }) => costs));
    const sizes: number[] = [];
    for (const rank of ranks) sizes[rank] = (sizes[rank] ?? 0) + 1;
    let missing = atLeast - chosen.size;
    let fronts = 0;
    while (missing > 0 && fronts < sizes.length) missing -= sizes[fronts++]!;
    members.forEach((one, i) => {
      if (ranks[i]! < fronts) chosen.add(one);
    });
    if (missing <= 0) break;
  }
  return all.filter((one) => chosen.has(one));
}

/** Each with its place, in the order given. */
function ranked<T extends Contender>(all: readonly T[]): Ranked<T>[] {
  const places = placesAmong(all);
  return all.map((one, i) => ({ ...one, ...places[i]! }));
}
