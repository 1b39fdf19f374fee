import type { SchedulerSpec, SearchSpec } from '@caviar/spec';
import { frontRungs } from './front-rung.js';
import { fullLength, whereTo } from './full-length.js';
import { rungSteps } from './levels.js';
import { valueRungs } from './rung.js';
import { type AnyRung, comparison, hasOneValue, placesOf, type RungKeeper } from './rung-keeper.js';
import type { Offer, Scheduler, SchedulerState } from './scheduler.js';

type AshaSpec = Extract<SchedulerSpec, { kind: 'asha' }>;

interface AshaState extends SchedulerState {
  /** All but the last, at which trials are whole. */
  readonly rungs: AnyRung[];
  /** Whole trials that ended with a value. */
  completed: number;
  /** Rung from which the best goes on although it has no place: nothing more comes, and no trial was whole. */
  lastCall: number | null;
}

/**
 * Asynchronous successive halving, the variant that promotes (Li et al., MLSys 2020, algorithm 2): a free slot continues
 * the best trial of the highest rung that is among its best 1 / eta, and makes a new one when there is none.
 */
export const ashaScheduler: Scheduler<AshaSpec, AshaState> = {
  kind: 'asha',
  start: ({ scheduler, spec }) => ({
    version: 1,
    rungs: rungSteps(scheduler).slice(0, -1).map(keeperOf(spec).create),
    completed: 0,
    lastCall: null,
  }),
  resume: ({ scheduler, spec }, state) => {
    const { eta } = scheduler;
    const { rungs } = state;
    const keeper = keeperOf(spec);
    const compared = comparison(spec);
    const stepAfter = (index: number) => rungs[index + 1]?.step ?? null;
    const nameOf = (index: number) => `Rung ${index + 1} of ${rungs.length + 1} at step ${rungs[index]!.step}`;
    const goOn = (index: number, number: number, why: string): Offer => ({
      kind: 'continue',
      number,
      toStep: stepAfter(index),
      reason: `${nameOf(index)}: ${why}, so it goes on to ${whereTo(stepAfter(index))}.`,
    });

    return {
      state,
      fullSteps: fullLength(scheduler),
      arrive: ({ number, toStep, cost, standing, status }) => {
        const index = rungs.findIndex((rung) => rung.step === toStep);
        if (status !== 'reached') {
          if (status === 'completed' && standing !== null) state.completed++;
          // an end on the way to a rung counts there
          if (index >= 0 && status !== 'cancelled')
            keeper.enter(rungs[index]!, eta, { number, cost, standing, waits: false });
          return [];
        }
        keeper.enter(rungs[index]!, eta, { number, cost, standing, waits: true });
        const reason = `${nameOf(index)}: its value is not a finite number.`;
        return standing === null ? [{ kind: 'stop', number, reason }] : [];
      },
      offer: (number) => {
        for (let index = rungs.length - 1; index >= 0; index--) {
          const rung = rungs[index]!;
          if (state.lastCall === index) {
            const number = keeper.takeBest(rung);
            if (number === null) continue;
            state.lastCall = null;
            return goOn(index, number, 'the best when no more trials came');
          }
          const best = keeper.promote(rung, eta);
          if (best === null) continue;
          const among = `among the best ${placesOf(rung, eta)} of ${rung.trials}${compared(best.front)}`;
          return goOn(index, best.number, among);
        }
        return number === null ? null : { kind: 'create', toStep: rungs[0]?.step ?? null, reason: null };
      },
      close: () => {
        const highest = rungs.findLastIndex((rung) => keeper.isAnyWaiting(rung));
        if (state.completed === 0 && highest >= 0) {
          state.lastCall = highest;
          return [];
        }
        return rungs.flatMap((rung, index) =>
          keeper.clear(rung).map(({ number, place, front }) => ({
            kind: 'stop' as const,
            number,
            reason: `${nameOf(index)}: number ${place} of ${rung.trials}${compared(front)}, and the best ${placesOf(rung, eta)} go on.`,
          })),
        );
      },
      rungs: () =>
        rungs.map((rung) => ({
          bracket: null,
          step: rung.step,
          trials: rung.trials,
          promoted: rung.promoted,
          cut: keeper.cut(rung),
        })),
    };
  },
};

function keeperOf(spec: SearchSpec): RungKeeper<AnyRung> {
  // A search's rungs are all of one kind, which follows from its spec.
  return (hasOneValue(spec) ? valueRungs : frontRungs) as unknown as RungKeeper<AnyRung>;
}
