import type { Params, SearchSpec } from '@caviar/spec';
import { type Heap, popHeap, pushHeap } from '../heap.js';
import type { FlowCommand, FlowJob, FlowResult } from './commands.js';
import { Follower, type Stored } from './follower.js';

/** A cluster and a task, all of it a function of the arguments. Times are in any one unit. */
export interface SimulatedWorld {
  readonly workers: number;
  /** What a trial comes to when it trains to a step (null = its end). */
  readonly train: (
    trial: { readonly number: number; readonly params: Params },
    toStep: number | null,
  ) => Omit<FlowResult, 'number'>;
  /** Time that one step of a trial takes. */
  readonly stepTime: (number: number) => number;
  /** Time until a worker dies with the job it has, by how many lives began before; endless without. */
  readonly lifeTime?: (lives: number) => number;
  /** Whether the process that follows the flow is replaced before it takes this result (counted from 0). */
  readonly restartsBefore?: (result: number) => boolean;
}

export interface SimulatedRun {
  /** By trial number. */
  readonly params: readonly Params[];
  readonly commands: readonly FlowCommand[];
  /** Time from the first job to the last result. */
  readonly duration: number;
  /** Jobs that were lost with their workers and done again. */
  readonly lost: number;
}

interface Shift {
  readonly job: FlowJob;
  readonly result: FlowResult | null;
}

/** Time from a worker's death until its job is queued again and another worker stands in its place. */
const RECOVERY = 5;

/** Runs a whole search on simulated workers that take the oldest job there is. */
export function simulate(spec: SearchSpec, world: SimulatedWorld): SimulatedRun {
  const stored: Stored = { params: [], results: [] };
  let follower = new Follower(spec, stored);
  const queue: FlowJob[] = follower.running();
  const events: Heap = [];
  const shifts = new Map<number, Shift>();
  const steps = new Map<number, number>();
  let free = world.workers;
  let clock = 0;
  let lives = 0;
  let lost = 0;

  const begin = (job: FlowJob): void => {
    const { number, toStep } = job;
    const result = { number, ...world.train({ number, params: stored.params[number]! }, toStep) };
    const from = steps.get(number) ?? startOf(follower.commands, number);
    const time = Math.max(1e-9, (result.step - from) * world.stepTime(number));
    const life = world.lifeTime?.(lives) ?? Number.POSITIVE_INFINITY;
    const survives = time <= life;
    lives++;
    const id = lives;
    shifts.set(id, { job, result: survives ? result : null });
    pushHeap(events, [clock + (survives ? time : life + RECOVERY), id]);
  };

  for (;;) {
    while (free > 0 && queue.length > 0) {
      free--;
      begin(queue.shift()!);
    }
    const event = popHeap(events);
    if (event === undefined) break;
    clock = event[0];
    free++;
    const { job, result } = shifts.get(event[1])!;
    shifts.delete(event[1]);
    if (result === null) {
      lost++;
      queue.push(job);
      continue;
    }
    if (world.restartsBefore?.(stored.results.length) === true) follower = new Follower(spec, stored);
    steps.set(result.number, result.step);
    queue.push(...follower.take(result));
  }
  if (!follower.finished()) throw new Error('the search came to a halt before its end');
  return { params: stored.params, commands: follower.commands, duration: clock, lost };
}

/** Steps that a trial begins with: those of the checkpoint it was made from. */
function startOf(commands: readonly FlowCommand[], number: number): number {
  const made = commands.findLast((command) => command.kind === 'create' && command.number === number);
  return made?.kind === 'create' ? (made.from?.step ?? 0) : 0;
}
