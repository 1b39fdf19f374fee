import type { Params, Round, SearchSpec } from '@caviar/spec';
import { exploreParams } from '../explore.js';
import type { TrialRecord } from '../history.js';
import { decideRound, plannedRoundOf, planSearch, type SearchPlan } from '../plan-search.js';
import type { Suggestion } from '../samplers/sampler.js';
import {
  type LearningContext,
  learnsFromResults,
  observe,
  prepareSearch,
  startLearning,
  suggestNext,
} from '../suggest.js';
import type { FlowCommand, FlowJob, FlowResult } from './commands.js';
import { createFlow, type Flow } from './flow.js';

/** What outlives a process: the params of all trials made, and the results in the order in which they came. */
export interface Stored {
  readonly params: Params[];
  readonly results: FlowResult[];
}

/** One process that follows a search's flow in memory, as the orchestrator does over Postgres. */
export class Follower {
  /** Every command so far, those of processes before it included. */
  readonly commands: FlowCommand[] = [];
  private readonly plan: SearchPlan;
  private readonly flow: Flow;
  private readonly learning: LearningContext | null;
  private readonly unobserved = new Set<number>();
  private readonly ended = new Map<number, TrialRecord>();
  private rounds: readonly Round[] = [];

  constructor(
    private readonly spec: SearchSpec,
    private readonly stored: Stored,
  ) {
    this.plan = planSearch(spec);
    this.flow = createFlow(spec, this.plan);
    this.learning = learnsFromResults(spec) ? startLearning(spec) : null;
    this.follow();
    if (spec.reproducibility === 'strict') this.flow.feed(stored.results);
    for (const result of stored.results) this.flow.feed([result]);
    this.follow();
  }

  /** Takes a result; gives the jobs that have come up. */
  take(result: FlowResult): FlowJob[] {
    this.stored.results.push(result);
    this.flow.feed([result]);
    return this.follow();
  }

  /** Jobs whose results are not known. */
  running(): FlowJob[] {
    return this.flow.running();
  }

  finished(): boolean {
    return this.flow.finished();
  }

  private follow(): FlowJob[] {
    const jobs: FlowJob[] = [];
    for (const command of this.flow.take()) {
      this.commands.push(command);
      if (command.kind === 'observe') this.see(command);
      if (command.kind === 'create') this.make(command);
      if (command.kind === 'create' || command.kind === 'continue') {
        jobs.push({ number: command.number, toStep: command.toStep });
      }
    }
    return jobs;
  }

  private see({ kind: _, ...seen }: Extract<FlowCommand, { kind: 'observe' }>): void {
    const { number, status } = seen;
    const record = { ...seen, params: this.stored.params[number]! };
    if (status !== 'paused') this.ended.set(number, record);
    if (this.learning !== null) observe(this.learning, [record]);
    this.unobserved.delete(number);
  }

  private make({ number, from }: Extract<FlowCommand, { kind: 'create' }>): void {
    const { params } = this.stored;
    if (number >= params.length) {
      const parent = from === undefined ? null : { number: from.number, params: params[from.number]! };
      params.push((parent === null ? this.propose(number) : exploreParams(this.spec, parent, number)).params);
    }
    this.unobserved.add(number);
  }

  private propose(number: number): Suggestion {
    if (this.learning !== null) {
      const pending = [...this.unobserved].map((one) => ({ number: one, params: this.stored.params[one]! }));
      return suggestNext(this.learning, number, pending);
    }
    for (let index = this.rounds.length; index <= (plannedRoundOf(this.plan, number)?.index ?? -1); index++) {
      const question = { index, rounds: this.rounds, spaceFirstNumber: 0, history: [...this.ended.values()] };
      this.rounds = [...this.rounds, decideRound(this.spec, this.plan, question)];
    }
    return prepareSearch(this.spec, { rounds: this.rounds, spaceFirstNumber: 0 }).propose(number);
  }
}
