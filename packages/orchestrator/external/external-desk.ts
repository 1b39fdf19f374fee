import type { FinalTrialStatus, Metrics, Params, ParamValue, Provenance, Trial, TrialStatus } from '@caviar/spec';
import type { Deps } from '../deps.js';
import type { SpecOf } from '../spec-cache.js';

export interface AskRequest {
  /** Trials wanted, at most. */
  readonly count: number;
  /** A name of the caller's own: what it left unfinished comes back to it first. */
  readonly worker?: string | undefined;
  /** Silence after which a trial is taken away. */
  readonly leaseMs: number;
  /** What the trials run on, kept with them. */
  readonly runtime?: Provenance | undefined;
}

export interface HandedOut {
  readonly trials: readonly {
    readonly id: string;
    readonly number: number;
    /** Fixed and drawn params together. */
    readonly params: Params;
    /** Steps measured in earlier attempts. */
    readonly step: number;
    readonly leaseToken: string;
    readonly leaseExpiresAt: Date;
  }[];
  /** Nothing comes any more: the search has ended. */
  readonly done: boolean;
}

/** What training code is to do after a step. */
export interface StepDecision {
  readonly decision: 'continue' | 'pause' | 'stop';
  /** Null while there is nothing to say. */
  readonly reason: string | null;
}

export interface FinishRequest {
  readonly trialId: string;
  readonly leaseToken: string;
  readonly status: FinalTrialStatus;
  /** Left out: those of the last measurement. */
  readonly metrics?: Metrics | undefined;
  readonly reason?: string | undefined;
  /** The last step; given, the metrics are also its measurement. */
  readonly step?: number | undefined;
}

/** What became of one finish among many. */
export interface FinishAnswer {
  readonly trialId: string;
  /** As it is now; null where `problem` says why not. A failed trial with retries left is `queued`. */
  readonly status: TrialStatus | null;
  readonly problem: { readonly code: 'lease-lost' | 'trial-ended' | 'trial-not-found'; readonly detail: string } | null;
}

/** Where training code outside takes trials from and brings them back to. */
export interface ExternalDesk {
  ask(searchId: string, request: AskRequest): Promise<HandedOut>;
  measure(
    trialId: string,
    report: { readonly leaseToken: string; readonly step: number; readonly metrics: Metrics },
  ): Promise<StepDecision>;
  heartbeat(trialId: string, leaseToken: string): Promise<StepDecision>;
  /** Gives a trial back unfinished: queued again, with nothing counted against it. */
  release(
    trialId: string,
    request: { readonly leaseToken: string; readonly reason?: string | undefined },
  ): Promise<Trial>;
  finish(request: FinishRequest): Promise<Trial>;
  /** Many finishes at once, each with an answer of its own. */
  finishAll(searchId: string, requests: readonly FinishRequest[]): Promise<readonly FinishAnswer[]>;
  /** Adds trials with params of the caller's choice, to a search of any trainer. */
  addTrials(
    searchId: string,
    trials: readonly { readonly params: Readonly<Record<string, ParamValue>> }[],
  ): Promise<readonly Trial[]>;
}

/** What the calls of an external desk stand on. */
export interface DeskContext {
  readonly deps: Deps;
  readonly specOf: SpecOf;
  /** Takes a search as far as it can go, and comes back when that is done. */
  readonly advance: (searchId: string) => Promise<void>;
}
