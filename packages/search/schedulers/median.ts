import type { SchedulerSpec } from '@caviar/spec';
import { lowerIsBetter } from '../direction.js';
import { type Heap, popHeap, pushHeap, worstFirst } from '../heap.js';
import { fullLength } from './full-length.js';
import type { Decision, Scheduler, SchedulerState } from './scheduler.js';

type MedianSpec = Extract<SchedulerSpec, { kind: 'median' }>;

/** Running averages of completed trials at one step: the lower half with the largest first, the upper with the least. */
interface Halves {
  readonly lower: Heap;
  readonly upper: Heap;
}

/** A running trial as it was compared so far. */
interface Track {
  best: number | null;
  /** Of the finite values, and how many there are. */
  sum: number;
  count: number;
  /** Running average at every step of comparison it has passed, null before its first finite value. */
  readonly averages: (number | null)[];
}

interface MedianState extends SchedulerState {
  /** Trials that have been completed with a value. */
  completed: number;
  /** By index of the comparison. */
  readonly halves: Halves[];
  /** Running trials by number. */
  readonly tracks: Record<string, Track>;
  /** Trials that came to each comparison, and those that were stopped there. */
  readonly came: number[];
  readonly stopped: number[];
}

/**
 * The median stopping rule (Golovin et al., KDD 2017, section 3.2.1): a trial is stopped when its best value so far is
 * worse than the median of the running averages of the completed trials up to the same step. Averages are taken over
 * the steps of comparison. All operations take O(log n).
 */
export const medianScheduler: Scheduler<MedianSpec, MedianState> = {
  kind: 'median',
  start: () => ({ version: 1, completed: 0, halves: [], tracks: {}, came: [], stopped: [] }),
  resume: ({ scheduler, spec }, state) => {
    const { startup, warmup, interval = 1 } = scheduler;
    const maxResource = fullLength(scheduler);
    const { direction } = spec.objective;
    const stepOf = (index: number) => warmup + index * interval;
    const jobOf = (index: number) => (stepOf(index) < maxResource ? stepOf(index) : null);
    const inWords = (cost: number) => String(Number(lowerIsBetter(cost, direction)!.toPrecision(4)));

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
      const median = medianOf(state.halves[index]);
      if (median === null || track.best === null) return go('there is no value to compare');
      const values = `its best value ${inWords(track.best)}`;
      const others = `the median ${inWords(median)} of the running averages of completed trials`;
      if (track.best <= median) return go(`${values} is not worse than ${others}`);
      state.stopped[index]!++;
      delete state.tracks[number];
      return { kind: 'stop', number, reason: `${where}: ${values} is worse than ${others}.` };
    };

    return {
      state,
      fullSteps: maxResource,
      arrive: ({ number, toStep, cost, status }) => {
        if (status !== 'reached') {
          const track = state.tracks[number];
          delete state.tracks[number];
          if (status === 'completed' && cost !== null) {
            state.completed++;
            track?.averages.forEach((average, index) => {
              if (average !== null) insert(state.halves[index]!, average, number);
            });
          }
          return [];
        }
        const index = ((toStep ?? maxResource) - warmup) / interval;
        const track = state.tracks[number] ?? { best: null, sum: 0, count: 0, averages: [] };
        state.tracks[number] = track;
        if (cost !== null) {
          track.best = Math.min(track.best ?? cost, cost);
          track.sum += cost;
          track.count++;
        }
        track.averages.push(track.count === 0 ? null : track.sum / track.count);
        while (state.came.length <= index) {
          state.came.push(0);
          state.stopped.push(0);
          state.halves.push({ lower: [], upper: [] });
        }
        state.came[index]!++;
        return [compare(number, index, track)];
      },
      offer: (number) => (number === null ? null : { kind: 'create', toStep: jobOf(0), reason: null }),
      close: () => [],
      rungs: () =>
        state.came.map((came, index) => {
          const stopped = state.stopped[index]!;
          const cut = medianOf(state.halves[index]);
          return { bracket: null, step: stepOf(index), trials: came, promoted: came - stopped, cut };
        }),
    };
  },
};

function insert({ lower, upper }: Halves, value: number, number: number): void {
  if (lower.length === 0 || value <= lower[0]![0]) pushHeap(lower, [value, number], worstFirst);
  else pushHeap(upper, [value, number]);
  if (lower.length > upper.length + 1) pushHeap(upper, popHeap(lower, worstFirst)!);
  else if (upper.length > lower.length) pushHeap(lower, popHeap(upper)!, worstFirst);
}

function medianOf(halves: Halves | undefined): number | null {
  const low = halves?.lower[0];
  if (halves === undefined || low === undefined) return null;
  const high = halves.upper[0];
  return high === undefined || halves.lower.length > halves.upper.length ? low[0] : (low[0] + high[0]) / 2;
}
