import type { z } from 'zod';
import type { ParamValue } from './params.js';

export type Direction = 'minimize' | 'maximize';

/** What a trainer says of one of its hyperparameters; a form can be built from it. */
export interface TrainerParameter {
  readonly name: string;
  /** `list` accepts a number or one number per layer. */
  readonly kind: 'float' | 'int' | 'boolean' | 'choice' | 'list';
  readonly default: ParamValue;
  /** Bounds of the numbers, where there are any; `exclusiveMin` means that `min` itself is refused (likewise max). */
  readonly min?: number;
  readonly max?: number;
  readonly exclusiveMin?: boolean;
  readonly exclusiveMax?: boolean;
  /** Words it accepts: all choices of a `choice`, or words beside the numbers (`full` for batchSize). */
  readonly choices?: readonly string[];
  /** What it does, in one sentence. */
  readonly description: string;
  /** Whether it may be changed by hand between two steps of a trial (seed 2.6, 3.3): memory and state do not hang on it. */
  readonly changeable?: true;
  /** Section of the course notes, such as "2.5". */
  readonly section?: string;
  /** Accepts exactly the legal values; bounds and choices of a searched domain are checked with it too. */
  readonly schema: z.ZodType;
}

export interface TrainerMetric {
  readonly name: string;
  readonly direction: Direction;
  readonly description: string;
}

/** A kind of trainer: what it can be told and what it reports. */
export interface TrainerDescriptor {
  readonly kind: string;
  readonly description: string;
  readonly needsDataset: boolean;
  readonly parameters: readonly TrainerParameter[];
  readonly metrics: readonly TrainerMetric[];
  /** Whether it takes parameters, and reports metrics, that are not named here: those of code that is not ours. */
  readonly isOpen: boolean;
  /** Metric a search optimises when its spec names none; `task` matters to trainers that do both. Null: it must name one. */
  readonly defaultObjective: (task: 'classification' | 'regression') => string | null;
}
