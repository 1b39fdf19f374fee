import { z } from 'zod';
import type { Params } from './params.js';
import type { SearchSpec } from './search-spec.js';
import type { SearchSpace } from './space.js';
import type { TrialStatus } from './trial.js';

export const SEARCH_STATUSES = ['running', 'paused', 'completed', 'cancelled', 'failed'] as const;
export const searchStatusSchema = z.enum(SEARCH_STATUSES);
export type SearchStatus = (typeof SEARCH_STATUSES)[number];

/** `total`: trials planned while the search can still go on, trials made once it has ended. */
export type Progress = Readonly<Record<TrialStatus, number>> & { readonly total: number };

/** One round of a coarse-to-fine plan. */
export interface Round {
  /** From 0. */
  readonly index: number;
  /** Trial numbers `firstNumber` to `endNumber - 1` belong to it. */
  readonly firstNumber: number;
  readonly endNumber: number;
  /** The region its trials are drawn from. */
  readonly region: SearchSpace;
  /** Why the region is what it is, in one sentence. */
  readonly reason: string;
}

export interface BestTrial {
  readonly trialId: string;
  readonly number: number;
  readonly value: number;
  readonly params: Params;
  /** Whether its params were changed by hand while it ran: then `params` are not all that it was trained with. */
  readonly edited: boolean;
}

export interface Search {
  readonly id: string;
  readonly name: string;
  readonly notes: string | null;
  readonly status: SearchStatus;
  /** Why it ended; null while it has not. */
  readonly reason: string | null;
  readonly spec: SearchSpec;
  /** Version of the space in `spec`, from 1; a PATCH of the space makes the next. */
  readonly spaceVersion: number;
  readonly seed: number;
  readonly createdAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly progress: Progress;
  /** Rounds decided so far (coarse-to-fine); empty for other samplers. */
  readonly rounds: readonly Round[];
  /** Rounds the plan has; 0 for samplers without rounds. */
  readonly roundCount: number;
  readonly best: BestTrial | null;
  /** Grows by one or more with every change of the leaderboard or the progress. */
  readonly version: number;
}
