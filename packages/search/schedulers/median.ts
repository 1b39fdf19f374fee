import type { SchedulerSpec, SearchSpec } from '@caviar/spec';
import type { Standing } from '../standings.js';
import { fullLength } from './full-length.js';
import { frontBoards, type MedianBoards, valueBoards } from './median-boards.js';
import { hasOneValue } from './rung-keeper.js';
import type { Decision, Scheduler, SchedulerState } from './scheduler.js';

type MedianSpec = Extract<SchedulerSpec, { kind: 'median' }>;

/** A running trial as it was compared so far. */
interface Track {
  /** The best in each coordinate; null before the first finite value. */
  best: Standing | null;
  /** Of the finite values, and how many there are. */
  sum: Standing | null;
  count: number;
  /** Running average at every step of comparison it has passed, null before its first finite value. */
  readonly averages: (Standing | null)[];
}

interface MedianState extends SchedulerState {
  /** Trials that have been completed with a value. */
  completed: number;
  /** By index of the comparison: the averages of completed trials. */
  readonly boards: unknown[];
  /** Running trials by number. */
  readonly tracks: Record<string, Track>;
  /** Trials that came to each comparison, and those that were stopped there. */
  readonly came: number[];
  readonly stopped: number[];
}

/**
 * The median stopping rule (Golovin et al., KDD 2017, section 3.2.1): a trial is stopped when its best value so far is
 * worse than the median of the running averages of the completed trials up to the same step. Averages are taken over
 * the steps of comparison. By one value all operations take O(log n).
 */
export const medianScheduler: Scheduler<MedianSpec, MedianState> = {
  kind: 'median',
  start: () => ({ version: 1, completed: 0, boards: [], tracks: {}, came: [], stopped: [] }),
  resume: ({ scheduler, spec }, state) => {
    const { startup, warmup, interval = 1 } = scheduler;
    const maxResource = fullLength(scheduler);
    const boards = boardsOf(spec);
    const stepOf = (index: number) => warmup + index * interval;
    const jobOf = (index: number) => (stepOf(index) < maxResource ? stepOf(index) : null);

    const compare = (number: number, index: number, track: Track): Decision => {
      const where = `Step ${stepOf(index)}`;
      const go = (why: string): Decision => ({
        kind: 'continue',
        number,
        toStep: jobOf(index + 1),
        reason: `${where}: ${why}.`,
      });
      if (state.completed < startup) {
        return go(`${state.completed} of the ${startup} trials are completed that the rule needs`);
      }
      const comparison = track.best === null ? null : boards.compare(state.boards[index], track.best);
      if (comparison === null) return go('there is no value to compare');
      const { isWorse, own, others } = comparison;
      if (!isWorse) return go(`${own} not worse than ${others}`);
      state.stopped[index]!++;
      delete state.tracks[number];
      return { kind: 'stop', number, reason: `${where}: ${own} worse than ${others}.` };
    };

    return {
      state,
      fullSteps: maxResource,
      arrive: ({ number, toStep, standing, status }) => {
        if (status !== 'reached') {
          const track = state.tracks[number];
          delete state.tracks[number];
          if (status === 'completed' && standing !== null) {
            state.completed++;
            track?.averages.forEach((average, index) => {
              if (average !== null) boards.insert(state.boards[index], average, number);
            });
          }
          return [];
        }
        const index = ((toStep ?? maxResource) - warmup) / interval;
        const track = state.tracks[number] ?? { best: null, sum: null, count: 0, averages: [] };
        state.tracks[number] = track;
        if (standing !== null) {
          track.best = combined(track.best, standing, Math.min);
          track.sum = combined(track.sum, standing, (a, b) => a + b);
          track.count++;
        }
        track.averages.push(averageOf(track));
        while (state.came.length <= index) {
          state.came.push(0);
          state.stopped.push(0);
          state.boards.push(boards.create());
        }
        state.came[index]!++;
        return [compare(number, index, track)];
      },
      offer: (number) => (number === null ? null : { kind: 'create', toStep: jobOf(0), reason: null }),
      close: () => [],
      rungs: () =>
        state.came.map((came, index) => {
          const stopped = state.stopped[index]!;
          const cut = boards.cut(state.boards[index]);
          return { bracket: null, step: stepOf(index), trials: came, promoted: came - stopped, cut };
        }),
    };
  },
};

function boardsOf(spec: SearchSpec): MedianBoards<unknown> {
  // A search's boards are all of one kind, which follows from its spec.
  return (hasOneValue(spec) ? valueBoards(spec.objective.direction) : frontBoards) as MedianBoards<unknown>;
}

function combined(former: Standing | null, { tier, costs }: Standing, by: (a: number, b: number) => number): Standing {
  if (former === null) return { tier, costs };
  return { tier: by(former.tier, tier), costs: costs.map((cost, m) => by(former.costs[m]!, cost)) };
}

function averageOf({ sum, count }: Track): Standing | null {
  return sum === null ? null : { tier: sum.tier / count, costs: sum.costs.map((cost) => cost / count) };
}
