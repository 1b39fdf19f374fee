import { z } from 'zod';
import type { Params } from './params.js';
import type { SamplerSpec } from './search-spec.js';

export const TRIAL_STATUSES = [
  'queued',
  'running',
  'paused',
  'completed',
  'pruned',
  'infeasible',
  'failed',
  'cancelled',
] as const;
export const trialStatusSchema = z.enum(TRIAL_STATUSES);
export type TrialStatus = (typeof TRIAL_STATUSES)[number];

export const FINAL_TRIAL_STATUSES = ['completed', 'pruned', 'infeasible', 'failed', 'cancelled'] as const;
export type FinalTrialStatus = (typeof FINAL_TRIAL_STATUSES)[number];

export function isFinal(status: TrialStatus): status is FinalTrialStatus {
  return (FINAL_TRIAL_STATUSES as readonly string[]).includes(status);
}

/** Metric values by name; a value that is not finite is stored and sent as null. */
export type Metrics = Readonly<Record<string, number | null>>;

/** What a trial reports at one step (an epoch unless the trainer says otherwise; counted from 1). */
export interface Measurement {
  readonly step: number;
  readonly metrics: Metrics;
  /** Training time since the trial's first step, paused time left out. Not part of what is reproducible. */
  readonly elapsedMs: number;
  /** How long the step itself took. Not part of what is reproducible; null or absent where nobody measured it. */
  readonly timing?: MeasurementTiming | null;
}

/** The pace of one step. */
export interface MeasurementTiming {
  /** Wall-clock time of the step, its evaluation on the train and dev parts counted in. */
  readonly seconds: number;
  /** Training examples that went through the optimiser, per second; null for trainers without examples. */
  readonly samplesPerSecond: number | null;
}

/** What a learning sampler went by when it proposed a trial. */
export interface ProposalBasis {
  /** The sampler that made the proposal; for `auto` the one it picked. */
  readonly sampler: SamplerSpec['kind'];
  /** Numbers of the trials it leaned on most, the best first; at most 10. */
  readonly trials: readonly number[];
  /** The score it was picked for, such as `logExpectedImprovement`. */
  readonly score?: { readonly name: string; readonly value: number };
}

/**
 * What the numbers of a trial depend on beside its seed, as its worker says: runtime, platform, engine, whether
 * multiply-adds are fused (what decides the bits), and the width of vectors in bits (what decides the speed).
 */
export type Provenance = Readonly<Record<string, string | number | boolean>>;

export interface Trial {
  readonly id: string;
  readonly searchId: string;
  /** From 0, without gaps, per search. */
  readonly number: number;
  readonly status: TrialStatus;
  /** As it was proposed; see `editedFrom`. */
  readonly params: Params;
  /** Step after which params were first changed by hand; null where all of it was trained as proposed. */
  readonly editedFrom: number | null;
  /** Value of the objective; null until there is one, and for values that are not finite. */
  readonly value: number | null;
  /** Steps measured so far. */
  readonly step: number;
  /** Metrics of the last step. */
  readonly metrics: Metrics;
  /** Why it was proposed, in one sentence. */
  readonly proposal: string;
  /** What the proposal rests on; null for draws that rest on nothing but the space. */
  readonly basis: ProposalBasis | null;
  /** Why it ended, or is paused; null while there is nothing to say. */
  readonly reason: string | null;
  /** Times it was started. */
  readonly attempts: number;
  readonly workerId: string | null;
  /** What the last attempt ran on; null before the first. */
  readonly provenance: Provenance | null;
  /** Index of the coarse-to-fine round it belongs to; null for other samplers. */
  readonly round: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Training time of the attempt that counted; null until it ended. */
  readonly durationMs: number | null;
}
