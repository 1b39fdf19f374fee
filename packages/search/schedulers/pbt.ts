import { stream } from '@caviar/numerics';
import type { SchedulerSpec } from '@caviar/spec';
import type { Standing } from '../standings.js';
import { bestFirst } from './bracket.js';
import { fullLength, whereTo } from './full-length.js';
import { comparison } from './rung-keeper.js';
import type { Arrival, Offer, Scheduler, SchedulerState } from './scheduler.js';

type PbtSpec = Extract<SchedulerSpec, { kind: 'pbt' }>;

interface Member {
  readonly number: number;
  readonly cost: number | null;
  readonly standing: Standing | null;
  readonly status: Arrival['status'];
}

/** What a free slot may do: let a member go on, or put a copy of a better one in its place. */
interface Task {
  readonly toStep: number | null;
  /** The member that waits; null for one that ended by itself. */
  readonly member: number | null;
  /** The member whose copy replaces it; null = it goes on itself. */
  readonly winner: number | null;
  readonly reason: string;
}

interface PbtState extends SchedulerState {
  /** Comparisons that the present population has had. */
  generation: number;
  /** Trials made for the first generation. */
  made: number;
  /** Members that are to come to the end of this generation. */
  expected: number;
  came: Member[];
  tasks: Task[];
  /** By generation, over all populations. */
  readonly sums: { trials: number; promoted: number; cut: number | null }[];
}

/**
 * Population based training (Jaderberg et al., 2017) in generations: when all members have done `interval` more steps,
 * the worst are replaced by copies of the best, with params changed. A population that has come to its end is followed
 * by the next, as long as trials may be made; when none may, the worst go on as they are.
 */
export const pbtScheduler: Scheduler<PbtSpec, PbtState> = {
  kind: 'pbt',
  start: ({ scheduler }) => ({
    version: 1,
    generation: 0,
    made: 0,
    expected: scheduler.population,
    came: [],
    tasks: [],
    sums: [],
  }),
  resume: ({ spec, scheduler }, state) => {
    const { population, interval = 1, quantile } = scheduler;
    const maxResource = fullLength(scheduler);
    // Of a population too small for the share, nobody would ever be replaced.
    const least = population * quantile < 1 ? 1 : 0;
    const compared = comparison(spec);
    const stepOf = (generation: number) => (generation + 1) * interval;
    const jobOf = (generation: number) => (stepOf(generation) < maxResource ? stepOf(generation) : null);

    /** Once all have come: who goes on, who is replaced; copies first, while the checkpoints they need are there. */
    const compare = (): void => {
      const { generation, came } = state;
      const step = stepOf(generation);
      const waiting = bestFirst(came.filter(({ status }) => status === 'reached'));
      const toStep = jobOf(generation + 1);
      const swaps = Math.min(
        Math.max(least, Math.floor(waiting.length * quantile + 1e-9)),
        Math.floor(waiting.length / 2),
      );
      const winners = waiting.slice(0, Math.max(1, swaps)).filter(({ standing }) => standing !== null);
      const pick = (number: number) =>
        winners[Math.floor(stream(spec.seed, 'exploit', number, step).uniform() * winners.length)]?.number ?? null;
      const where = `Generation ${generation + 1} at step ${step}`;
      const tasks = waiting.map(({ number, standing, front }, i): Task => {
        const place = `${where}: number ${i + 1} of ${waiting.length}${compared(front)}`;
        const winner = (i >= waiting.length - swaps || standing === null) && i > 0 ? pick(number) : null;
        const reason =
          winner === null
            ? `${place}, so it goes on to ${whereTo(toStep)}.`
            : `${place}; a copy of trial ${winner} takes its place.`;
        return { toStep, member: number, winner, reason };
      });
      for (const { number, status } of came) {
        if (status !== 'failed' && status !== 'infeasible') continue;
        const winner = pick(number);
        const reason = `${where}: trial ${number} is ${status}; a copy of trial ${winner} takes its place.`;
        if (winner !== null) tasks.push({ toStep, member: null, winner, reason });
      }
      const isCopy = ({ winner }: Task) => winner !== null;
      state.tasks = [...tasks.filter(isCopy), ...tasks.filter((task) => !isCopy(task))];
      const sum = sumOf(generation);
      sum.promoted += waiting.length - tasks.filter(({ winner, member }) => winner !== null && member !== null).length;
      sum.cut = compared(null) === '' ? (winners.at(-1)?.cost ?? null) : null;
      state.generation++;
      state.expected = tasks.length;
      state.came = [];
    };

    const sumOf = (generation: number) => {
      while (state.sums.length <= generation) state.sums.push({ trials: 0, promoted: 0, cut: null });
      return state.sums[generation]!;
    };

    const endGeneration = (): void => {
      if (state.came.length < state.expected || state.tasks.length > 0) return;
      if (state.came.some(({ status }) => status === 'reached')) compare();
      else Object.assign(state, { generation: 0, made: 0, expected: population, came: [] });
    };

    const carryOut = ({ toStep, member, winner, reason }: Task, mayCreate: boolean): Offer | null => {
      if (winner !== null && mayCreate) {
        const from = { number: winner, step: stepOf(state.generation - 1) };
        const replaces = member === null ? {} : { replaces: { number: member, reason } };
        return { kind: 'create', toStep, from, ...replaces, reason };
      }
      if (member !== null) {
        const said = winner === null ? reason : 'No more trials may be made, so it goes on as it is.';
        return { kind: 'continue', number: member, toStep, reason: said };
      }
      state.expected--;
      endGeneration();
      return null;
    };

    return {
      state,
      fullSteps: maxResource,
      arrive: ({ number, cost, standing, status, toStep }) => {
        state.came.push({ number, cost, standing, status });
        if (toStep !== null) sumOf(state.generation).trials++;
        endGeneration();
        return [];
      },
      offer: (number) => {
        for (let task = state.tasks.shift(); task !== undefined; task = state.tasks.shift()) {
          const offer = carryOut(task, number !== null);
          if (offer !== null) return offer;
        }
        if (number === null || state.generation > 0 || state.made >= state.expected) return null;
        state.made++;
        return { kind: 'create', toStep: jobOf(0), reason: `Member ${state.made} of a population of ${population}.` };
      },
      close: () => {
        // the last population is smaller
        state.expected = state.came.length;
        endGeneration();
        return [];
      },
      rungs: () => state.sums.map((sum, generation) => ({ bracket: null, step: stepOf(generation), ...sum })),
    };
  },
};
