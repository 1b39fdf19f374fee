import type { FinalTrialStatus, SearchSpec } from '@caviar/spec';
import { lowerIsBetter } from '../direction.js';
import { type Heap, popHeap, pushHeap } from '../heap.js';
import type { SearchPlan } from '../plan-search.js';
import { findScheduler } from '../schedulers/registry.js';
import type { Decision, Offer, RungReport, SchedulerRun, SchedulerState } from '../schedulers/scheduler.js';
import { costsOf } from '../several-objectives.js';
import type { Standing } from '../standings.js';
import type { FlowCommand, FlowJob, FlowResult, Outcome } from './commands.js';
import { ResultBook } from './result-book.js';

/** What of a search's plan its flow goes by. */
export type FlowPlan = Pick<SearchPlan, 'totalTrials' | 'rounds'>;

/** A flow as plain JSON. Commands that have not been taken and results that are not used yet are part of it. */
export interface FlowSnapshot {
  readonly version: 1;
  readonly clock: number;
  readonly nextNumber: number;
  readonly jobs: readonly RunningJob[];
  readonly paused: readonly PausedTrial[];
  readonly results: readonly FlowResult[];
  readonly commands: readonly FlowCommand[];
  readonly scheduler: SchedulerState;
}

interface RunningJob extends FlowJob {
  readonly from: number;
  /** Planned logical end. */
  readonly end: number;
}

interface PausedTrial extends Outcome {
  readonly number: number;
  readonly step: number;
}

/** The program of one search: results in, in any order; commands out, in an order that depends on the results alone. */
export interface Flow {
  /** Takes note of results; repeats are harmless. */
  feed(results: readonly FlowResult[]): void;
  /** The commands that have come up since it was asked last. */
  take(): FlowCommand[];
  /** Jobs whose results are needed next; empty when everything has ended, or nothing was ever possible. */
  waitingFor(): FlowJob[];
  /** All jobs that have no result yet, as far as the flow has come. */
  running(): FlowJob[];
  /** Whether all trials have been made and have ended. */
  finished(): boolean;
  /** What the scheduler did so far, for people; cuts are values of the objective. */
  rungs(): RungReport[];
  /** Everything, as JSON. */
  snapshot(): FlowSnapshot;
}

/** Begins a search's program; to be fed with all results there are. */
export function createFlow(spec: SearchSpec, plan: FlowPlan): Flow {
  const scheduler = findScheduler(spec.scheduler.kind).start({ spec, scheduler: spec.scheduler });
  const nothing = { clock: 0, nextNumber: 0, jobs: [], paused: [], results: [], commands: [] };
  return restoreFlow(spec, plan, { version: 1, ...nothing, scheduler });
}

/** Goes on from a snapshot, of this spec or of one with other stop criteria or parallelism. */
export function restoreFlow(spec: SearchSpec, plan: FlowPlan, snapshot: FlowSnapshot): Flow {
  return new LogicalFlow(spec, plan, structuredClone(snapshot));
}

class LogicalFlow implements Flow {
  private readonly strict: boolean;
  private readonly barriers: ReadonlySet<number>;
  private readonly scheduler: SchedulerRun;
  private readonly book = new ResultBook();
  private readonly jobs: Map<number, RunningJob>;
  /** Running jobs by planned end, then number; `strict` only. */
  private readonly order: Heap = [];
  /** Trials whose jobs have a result, as they were fed; `throughput` only. */
  private readonly ready: number[] = [];
  private readyAt = 0;
  private readonly paused: Map<number, PausedTrial>;
  private commands: FlowCommand[];
  private clock: number;
  /** Whether a whole trial has reached the target: nothing is begun any more, and what runs comes to its next stop. */
  private targetReached = false;
  private nextNumber: number;

  constructor(
    private readonly spec: SearchSpec,
    private readonly plan: FlowPlan,
    snapshot: FlowSnapshot,
  ) {
    this.strict = spec.reproducibility === 'strict';
    this.barriers = new Set(plan.rounds.map(({ firstNumber }) => firstNumber));
    this.scheduler = findScheduler(spec.scheduler.kind).resume({ spec, scheduler: spec.scheduler }, snapshot.scheduler);
    this.clock = snapshot.clock;
    this.nextNumber = snapshot.nextNumber;
    this.jobs = new Map(snapshot.jobs.map((job) => [job.number, job]));
    for (const { end, number } of snapshot.jobs) pushHeap(this.order, [end, number]);
    this.paused = new Map(snapshot.paused.map((trial) => [trial.number, trial]));
    this.commands = [...snapshot.commands];
    this.feed(snapshot.results);
  }

  feed(results: readonly FlowResult[]): void {
    for (const result of results) {
      if (this.isNews(result) && this.book.add(result) && !this.strict) this.ready.push(result.number);
    }
    for (;;) {
      this.fill();
      const job = this.nextEnded();
      if (job === null) return;
      this.settle(job, this.book.resultOf(job)!);
    }
  }

  take(): FlowCommand[] {
    const commands = this.commands;
    this.commands = [];
    return commands;
  }

  waitingFor(): FlowJob[] {
    const first = this.order[0];
    const needed = this.strict ? (first === undefined ? [] : [this.jobs.get(first[1])!]) : [...this.jobs.values()];
    return needed.map(({ number, toStep }) => ({ number, toStep }));
  }

  running(): FlowJob[] {
    return [...this.jobs.values()].map(({ number, toStep }) => ({ number, toStep }));
  }

  finished(): boolean {
    return this.jobs.size === 0 && this.paused.size === 0 && !this.mayCreate();
  }

  rungs(): RungReport[] {
    const { direction } = this.spec.objective;
    // turning twice is turning back
    return this.scheduler.rungs().map((rung) => ({ ...rung, cut: lowerIsBetter(rung.cut, direction) }));
  }

  snapshot(): FlowSnapshot {
    return structuredClone({
      version: 1,
      clock: this.clock,
      nextNumber: this.nextNumber,
      jobs: [...this.jobs.values()],
      paused: [...this.paused.values()],
      results: this.book.all(),
      commands: this.commands,
      scheduler: this.scheduler.state,
    });
  }

  private get totalTrials(): number {
    return this.plan.totalTrials ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a result may still be needed. */
  private isNews({ number, step, status }: FlowResult): boolean {
    const at = this.jobs.get(number)?.from ?? this.paused.get(number)?.step;
    if (at === undefined) return number >= this.nextNumber;
    return status !== 'reached' || step > at;
  }

  /** Gives every free slot something to do, as far as there is anything. */
  private fill(): void {
    while (this.jobs.size < this.spec.parallelism) {
      if (this.targetReached) {
        if (this.jobs.size === 0) this.stopAll();
        return;
      }
      const offer = this.scheduler.offer(this.mayCreate() ? this.nextNumber : null);
      if (offer !== null) this.start(offer);
      else if (this.jobs.size > 0 || this.paused.size === 0) return;
      else this.close();
    }
  }

  private close(): void {
    const waiting = this.paused.size;
    this.decide(this.scheduler.close());
    const offer = this.scheduler.offer(this.mayCreate() ? this.nextNumber : null);
    if (offer !== null) this.start(offer);
    else if (this.paused.size === waiting) throw new Error(`the scheduler leaves ${waiting} trials waiting for ever`);
  }

  /** The first trial of a round waits until all before it have ended. */
  private mayCreate(): boolean {
    if (this.targetReached || this.nextNumber >= this.totalTrials) return false;
    return !this.barriers.has(this.nextNumber) || (this.jobs.size === 0 && this.paused.size === 0);
  }

  private start(offer: Offer): void {
    if (offer.kind === 'create') {
      const number = this.nextNumber++;
      const { replaces, ...command } = offer;
      this.commands.push({ ...command, number });
      this.run({ number, toStep: offer.toStep }, offer.from?.step ?? 0);
      if (replaces !== undefined) this.decide([{ kind: 'stop', ...replaces }]);
      return;
    }
    const { number, toStep } = offer;
    const waiting = this.paused.get(number);
    if (waiting === undefined) throw new Error(`the scheduler continues trial ${number}, which does not wait`);
    this.paused.delete(number);
    this.commands.push(offer);
    this.run({ number, toStep }, waiting.step);
  }

  private run({ number, toStep }: FlowJob, from: number): void {
    const { fullSteps } = this.scheduler;
    const steps = fullSteps === null ? 1 : Math.max(1, (toStep ?? fullSteps) - from);
    const end = this.clock + steps;
    this.jobs.set(number, { number, toStep, from, end });
    if (this.strict) pushHeap(this.order, [end, number]);
    else this.ready.push(number);
  }

  /** The running job that ends next, if its result is known. */
  private nextEnded(): RunningJob | null {
    if (this.strict) {
      const first = this.order[0];
      const job = first === undefined ? undefined : this.jobs.get(first[1]);
      if (job === undefined || this.book.resultOf(job) === null) return null;
      popHeap(this.order);
      return job;
    }
    while (this.readyAt < this.ready.length) {
      const job = this.jobs.get(this.ready[this.readyAt++]!);
      if (job !== undefined && this.book.resultOf(job) !== null) return job;
    }
    this.ready.length = 0;
    this.readyAt = 0;
    return null;
  }

  private settle(job: RunningJob, result: FlowResult): void {
    const { number, toStep } = job;
    const { step, value, status, violation = 0 } = result;
    this.jobs.delete(number);
    this.clock = job.end;
    if (status === 'reached') {
      this.paused.set(number, { number, step, ...outcomeOf(result) });
      this.book.forget(number, step);
    } else {
      this.observe(result, status);
      this.book.forget(number);
    }
    const { direction } = this.spec.objective;
    // What a trial had come to before it went wrong is no value of the step that it was on its way to.
    const wentWrong = status === 'failed' || status === 'infeasible' || status === 'cancelled';
    const cost = wentWrong ? null : lowerIsBetter(value, direction);
    const standing = wentWrong ? null : standingOf(this.spec, result);
    const target = lowerIsBetter(this.spec.stop.targetValue ?? null, direction);
    const keeps = status === 'completed' && violation === 0;
    if (keeps && cost !== null && target !== null && cost <= target) this.targetReached = true;
    const decisions = this.scheduler.arrive({ number, step, toStep, cost, standing, status });
    const own = decisions.find((decision) => decision.number === number);
    if (status === 'reached' && own === undefined) this.observe(result, 'paused');
    this.decide(decisions);
  }

  private decide(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      if (decision.kind === 'continue') {
        if (!this.targetReached) this.start(decision);
        continue;
      }
      const waiting = this.paused.get(decision.number);
      if (waiting === undefined) throw new Error(`the scheduler stops trial ${decision.number}, which does not wait`);
      this.paused.delete(decision.number);
      this.book.forget(decision.number);
      this.commands.push(decision);
      this.observe(waiting, 'pruned');
    }
  }

  private stopAll(): void {
    const reason = 'Another trial has reached the target of the search.';
    this.decide([...this.paused.keys()].map((number) => ({ kind: 'stop', number, reason })));
  }

  private observe(trial: PausedTrial, status: 'paused' | FinalTrialStatus): void {
    const { number, step } = trial;
    this.commands.push({ kind: 'observe', number, step, ...outcomeOf(trial), status });
  }
}

function outcomeOf({ value, values, violation, gap }: Outcome): Outcome {
  return {
    value,
    ...(values !== undefined && { values }),
    ...(violation !== undefined && { violation }),
    ...(gap !== undefined && { gap }),
  };
}

/** Null where an objective is not a finite number. */
function standingOf(spec: SearchSpec, { value, values = [value], violation = 0 }: Outcome): Standing | null {
  const costs = costsOf(spec, values);
  return costs.every(Number.isFinite) ? { tier: violation, costs } : null;
}
