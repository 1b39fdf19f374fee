import type { Flow, FlowCommand, LearningContext, SuggestContext } from '@caviar/search';
import type { Params, Round, SearchSpec } from '@caviar/spec';
import type { RungRecord, ScheduledTrial } from '../ports/rung-store.js';

/** The program of one search as far as this process has followed it, and what it needs to carry out its commands. */
export interface FlowContext {
  readonly spec: SearchSpec;
  readonly flow: Flow;
  /** Rounds decided so far. */
  rounds: readonly Round[];
  /** A drawing sampler, prepared for the present round. */
  draw: SuggestContext | null;
  readonly learning: LearningContext | null;
  /** Params of the trials that the flow has made, as long as they are kept. */
  readonly params: Map<number, Params>;
  /** How long that is: a learner sees them at the latest when a trial ends, and `pbt` makes others out of them later. */
  readonly keepsParams: 'never' | 'until-end' | 'always';
  /** Number of the next trial that the flow makes. */
  made: number;
  /** Trials that no learner has seen yet. */
  readonly unobserved: Set<number>;
  /** Trials in Postgres as they were last read, where the flow has not caught up with them. */
  readonly ahead: Map<number, Pick<RungRecord, 'params' | 'status' | 'targetStep'>>;
  /** Commands that the flow has said, from the first on that is about a trial that is not in `ahead`. */
  waiting: readonly FlowCommand[];
  /** What the commands before them come to. */
  batch: Batch;
  /** Steps from which trials were changed by hand, by number. */
  readonly editedFrom: Map<number, number>;
  /** All trials numbered below are in `ahead`, since they have just been read; null once that may be out of date. */
  readBelow: number | null;
  /** Next place in the log; `throughput` only. */
  logSeq: number;
}

/** What commands come to: the changes that are to be stored. */
export class Batch {
  readonly made: ScheduledTrial[] = [];
  readonly goOn: { readonly number: number; readonly targetStep: number | null }[] = [];
  readonly stopped: { readonly number: number; readonly reason: string }[] = [];

  get isEmpty(): boolean {
    return this.made.length + this.goOn.length + this.stopped.length === 0;
  }
}
