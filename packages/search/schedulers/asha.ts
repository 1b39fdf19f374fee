import type { SchedulerSpec } from '@caviar/spec';
import { fullLength, whereTo } from './full-length.js';
import { rungSteps } from './levels.js';
import { clearWaiting, enterRung, newRung, placesOf, promoteFrom, type Rung, takeBest } from './rung.js';
import type { Offer, Scheduler, SchedulerState } from './scheduler.js';

type AshaSpec = Extract<SchedulerSpec, { kind: 'asha' }>;

interface AshaState extends SchedulerState {
  /** All but the last, at which trials are whole. */
  readonly rungs: Rung[];
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
  start: ({ scheduler }) => ({
    version: 1,
    rungs: rungSteps(scheduler).slice(0, -1).map(newRung),
    completed: 0,
    lastCall: null,
  }),
  resume: ({ scheduler }, state) => {
    const { eta } = scheduler;
    const { rungs } = state;
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
      arrive: ({ number, toStep, cost, status }) => {
        const index = rungs.findIndex((rung) => rung.step === toStep);
        if (status !== 'reached') {
          if (status === 'completed' && cost !== null) state.completed++;
          // an end on the way to a rung counts there
          if (index >= 0 && status !== 'cancelled') enterRung(rungs[index]!, eta, { number, cost, waits: false });
          return [];
        }
        enterRung(rungs[index]!, eta, { number, cost, waits: true });
        const reason = `${nameOf(index)}: its value is not a finite number.`;
        return cost === null ? [{ kind: 'stop', number, reason }] : [];
      },
      offer: (number) => {
        for (let index = rungs.length - 1; index >= 0; index--) {
          const rung = rungs[index]!;
          const best = state.lastCall === index ? takeBest(rung) : promoteFrom(rung);
          if (best === null) continue;
          if (state.lastCall === index) {
            state.lastCall = null;
            return goOn(index, best[1], 'the best when no more trials came');
          }
          return goOn(index, best[1], `among the best ${placesOf(rung, eta)} of ${rung.trials}`);
        }
        return number === null ? null : { kind: 'create', toStep: rungs[0]?.step ?? null, reason: null };
      },
      close: () => {
        const highest = rungs.findLastIndex((rung) => rung.waiting.length > 0);
        if (state.completed === 0 && highest >= 0) {
          state.lastCall = highest;
          return [];
        }
        return rungs.flatMap((rung, index) =>
          clearWaiting(rung).map(({ number, place }) => ({
            kind: 'stop' as const,
            number,
            reason: `${nameOf(index)}: number ${place} of ${rung.trials}, and the best ${placesOf(rung, eta)} go on.`,
          })),
        );
      },
      rungs: () =>
        rungs.map((rung) => ({
          bracket: null,
          step: rung.step,
          trials: rung.trials,
          promoted: rung.promoted,
          cut: rung.top[0]?.[0] ?? null,
        })),
    };
  },
};
