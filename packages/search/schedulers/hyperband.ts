import type { SchedulerSpec } from '@caviar/spec';
import { arriveIn, type Bracket, beginBracket, type Cut, closeBracket, createIn, isOver } from './bracket.js';
import { fullLength } from './full-length.js';
import { rungSteps } from './levels.js';
import { comparison } from './rung-keeper.js';
import type { Decision, RungReport, Scheduler, SchedulerProblem, SchedulerRun, SchedulerState } from './scheduler.js';

interface BracketsState extends SchedulerState {
  /** Brackets begun so far. */
  begun: number;
  /** Those that are not over, oldest first. */
  open: Bracket[];
  /** Sums over all brackets, by kind of bracket and rung; the end of a trial is no rung. */
  readonly sums: RungSum[][];
}

interface RungSum {
  trials: number;
  promoted: number;
  cut: number | null;
}

/** One kind of bracket. */
export interface BracketPlan {
  /** Hyperband's s: rungs before the end; null where there is one kind only. */
  readonly s: number | null;
  readonly size: number;
  /** Steps of its rungs, ascending, the last one the end of a trial. */
  readonly steps: readonly number[];
}

type BracketsSpec = Extract<SchedulerSpec, { kind: 'hyperband' | 'successive-halving' }>;

/** Successive halving (Jamieson and Talwalkar, AISTATS 2016): cohorts just large enough that one trial comes to its end. */
export const successiveHalvingScheduler: Scheduler<
  Extract<SchedulerSpec, { kind: 'successive-halving' }>,
  BracketsState
> = {
  kind: 'successive-halving',
  start: () => startBrackets(),
  resume: (problem, state) => runBrackets(problem, state, bracketPlans(problem.scheduler)),
};

/** Hyperband (Li et al., JMLR 18, 2018, algorithm 1): brackets from the most eager to stop to none, and over again. */
export const hyperbandScheduler: Scheduler<Extract<SchedulerSpec, { kind: 'hyperband' }>, BracketsState> = {
  kind: 'hyperband',
  start: () => startBrackets(),
  resume: (problem, state) => runBrackets(problem, state, bracketPlans(problem.scheduler)),
};

/** The brackets of a spec in the order in which they are begun, again and again. */
export function bracketPlans(scheduler: BracketsSpec): BracketPlan[] {
  const steps = rungSteps(scheduler);
  const most = steps.length - 1;
  const { eta } = scheduler;
  if (scheduler.kind === 'successive-halving') return [{ s: null, size: Math.ceil(eta ** most - 1e-9), steps }];
  return steps.map((_, i) => {
    const s = most - i;
    // n = ceil((B / R) eta^s / (s + 1)) with B / R = s_max + 1
    return { s, size: Math.ceil(((most + 1) * eta ** s) / (s + 1) - 1e-9), steps: steps.slice(i) };
  });
}

function startBrackets(): BracketsState {
  return { version: 1, begun: 0, open: [], sums: [] };
}

function runBrackets(
  { scheduler, spec }: SchedulerProblem<BracketsSpec>,
  state: BracketsState,
  plans: readonly BracketPlan[],
): SchedulerRun {
  const planOf = (index: number) => plans[index % plans.length]!;
  const compared = comparison(spec);
  const rulesOf = ({ index }: Bracket) => {
    const { s, steps } = planOf(index);
    const name = s === null ? `Cohort ${index + 1}` : `Bracket ${index + 1} (s = ${s})`;
    return { eta: scheduler.eta, steps, name, compared };
  };
  const sumOf = (index: number, rung: number): RungSum => {
    const kind = index % plans.length;
    while (state.sums.length <= kind) state.sums.push([]);
    const sums = state.sums[kind]!;
    while (sums.length <= rung) sums.push({ trials: 0, promoted: 0, cut: null });
    return sums[rung]!;
  };
  const note = ({ index }: Bracket, cut: Cut | null): readonly Decision[] => {
    if (cut === null) return [];
    const sum = sumOf(index, cut.rung);
    sum.promoted += cut.promoted;
    sum.cut = cut.cost;
    return cut.stops;
  };
  const sweep = () => {
    state.open = state.open.filter((bracket) => !isOver(bracket));
  };

  return {
    state,
    fullSteps: fullLength(scheduler),
    arrive: (arrival) => {
      const { number, toStep } = arrival;
      const bracket = state.open.find((one) => number >= one.firstNumber && number < one.firstNumber + one.created);
      if (bracket === undefined) throw new Error(`no bracket has trial ${number}`);
      const rules = rulesOf(bracket);
      if (toStep !== null) sumOf(bracket.index, rules.steps.indexOf(toStep)).trials++;
      const decisions = note(bracket, arriveIn(bracket, rules, arrival));
      if (isOver(bracket)) sweep();
      return decisions;
    },
    offer: (number) => {
      for (const { ready } of state.open) {
        const next = ready.shift();
        if (next !== undefined) return { kind: 'continue', ...next };
      }
      if (number === null) return null;
      let bracket = state.open.at(-1);
      if (bracket === undefined || bracket.created === bracket.size) {
        bracket = beginBracket(state.begun, number, planOf(state.begun).size);
        state.begun++;
        state.open.push(bracket);
      }
      return createIn(bracket, rulesOf(bracket));
    },
    close: () => {
      const decisions = state.open.flatMap((bracket) => note(bracket, closeBracket(bracket, rulesOf(bracket))));
      sweep();
      return decisions;
    },
    rungs: () =>
      plans.flatMap(({ s, steps }, kind) =>
        (state.sums[kind] ?? []).map((sum, rung): RungReport => ({ bracket: s, step: steps[rung]!, ...sum })),
      ),
  };
}
