import { comparePlaces, placesAmong, type Standing } from '../standings.js';
import { whereTo } from './full-length.js';
import type { Arrival, Decision, Offer } from './scheduler.js';

/** A set of trials that are cut together: who goes on is decided when all that are left have come to a rung. */
export interface Bracket {
  /** From 0 in the order in which they began. */
  readonly index: number;
  /** Numbers from `firstNumber` on; `created` of them so far, `size` in all. */
  readonly firstNumber: number;
  created: number;
  size: number;
  /** Trials that have not ended. */
  alive: number;
  readonly rungs: BracketRung[];
  /** Trials that may go on and have no slot yet. */
  readonly ready: { readonly number: number; readonly toStep: number | null; readonly reason: string }[];
}

interface BracketRung {
  /** Trials that are to come; null while that is not known. */
  expected: number | null;
  readonly came: Came[];
}

interface Came {
  readonly number: number;
  readonly cost: number | null;
  /** Null for those without a value: they count, and are behind all that have one. */
  readonly standing: Standing | null;
  /** Whether it can go on. */
  readonly waits: boolean;
}

/** What a bracket is cut by. */
export interface BracketRules {
  readonly eta: number;
  /** Steps of its rungs, ascending, the last one the end of a trial. */
  readonly steps: readonly number[];
  /** Its name in reasons. */
  readonly name: string;
  /** How trials are told apart: what stands behind their places. */
  readonly compared: (front: number | null) => string;
}

/** What a cut came to. */
export interface Cut {
  readonly rung: number;
  readonly stops: readonly Decision[];
  readonly promoted: number;
  /** Cost of the worst that may go on; null when none may. */
  readonly cost: number | null;
}

export function beginBracket(index: number, firstNumber: number, size: number): Bracket {
  return { index, firstNumber, created: 0, size, alive: 0, rungs: [], ready: [] };
}

/** The job of the bracket's next new trial. */
export function createIn(bracket: Bracket, { steps, name }: BracketRules): Offer {
  bracket.created++;
  bracket.alive++;
  const toStep = jobOf(steps, 0);
  return {
    kind: 'create',
    toStep,
    reason: `${name}: number ${bracket.created} of ${bracket.size}, to ${whereTo(toStep)}.`,
  };
}

/** Takes note of a trial at the end of its job; a cut when it was the last that was to come to its rung. */
export function arriveIn(bracket: Bracket, rules: BracketRules, arrival: Arrival): Cut | null {
  const { number, toStep, cost, standing, status } = arrival;
  if (status !== 'reached') bracket.alive--;
  if (toStep === null) return null;
  const index = rules.steps.indexOf(toStep);
  const rung = rungOf(bracket, index);
  rung.came.push({ number, cost, standing, waits: status === 'reached' });
  return cutWhenComplete(bracket, rules, index);
}

/** Does with the trials it has: no more will be made. */
export function closeBracket(bracket: Bracket, rules: BracketRules): Cut | null {
  if (bracket.created === bracket.size) return null;
  bracket.size = bracket.created;
  return rules.steps.length > 1 ? cutWhenComplete(bracket, rules, 0) : null;
}

/** Whether nothing of it is left to do. */
export function isOver({ created, size, alive }: Bracket): boolean {
  return created === size && alive === 0;
}

function cutWhenComplete(bracket: Bracket, { eta, steps, name, compared }: BracketRules, index: number): Cut | null {
  const { came, expected } = rungOf(bracket, index);
  if (came.length < (index === 0 ? bracket.size : (expected ?? Number.POSITIVE_INFINITY))) return null;
  const sorted = bestFirst(came);
  const places = Math.max(1, Math.floor(sorted.length / eta + 1e-9));
  const where = `${name}, rung ${index + 1} of ${steps.length} at step ${steps[index]}`;
  const toStep = jobOf(steps, index + 1);
  const stops: Decision[] = [];
  let promoted = 0;
  sorted.forEach(({ number, standing, waits, front }, i) => {
    if (!waits) return;
    const said = `${where}: number ${i + 1} of ${sorted.length}${compared(front)}, and the best ${places} go on`;
    if (i < places && standing !== null) {
      promoted++;
      bracket.ready.push({ number, toStep, reason: `${said}, this one to ${whereTo(toStep)}.` });
    } else
      stops.push({
        kind: 'stop',
        number,
        reason: standing === null ? `${where}: its value is not a finite number.` : `${said}.`,
      });
  });
  bracket.alive -= stops.length;
  rungOf(bracket, index + 1).expected = promoted;
  const worst = sorted[Math.min(places, sorted.length) - 1];
  return { rung: index, stops, promoted, cost: compared(null) === '' ? (worst?.cost ?? null) : null };
}

function rungOf(bracket: Bracket, index: number): BracketRung {
  while (bracket.rungs.length <= index) bracket.rungs.push({ expected: null, came: [] });
  return bracket.rungs[index]!;
}

/** The last rung is the trial's own end. */
function jobOf(steps: readonly number[], index: number): number | null {
  return index === steps.length - 1 ? null : steps[index]!;
}

/** By their places, those without a standing last; and the front of each, from 1. */
export function bestFirst<T extends Pick<Arrival, 'number' | 'standing'>>(
  came: readonly T[],
): (T & { readonly front: number | null })[] {
  const byNumber = [...came].sort((a, b) => a.number - b.number);
  const standing = byNumber.filter((one) => one.standing !== null);
  const places = placesAmong(standing.map((one) => one.standing!));
  return [
    ...standing
      .map((one, i) => ({ ...one, ...places[i]! }))
      .sort(comparePlaces)
      .map((one) => ({ ...one, front: one.front + 1 })),
    ...byNumber.filter((one) => one.standing === null).map((one) => ({ ...one, front: null })),
  ];
}
