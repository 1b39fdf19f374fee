import type { DatasetInfo } from './dataset.js';
import type { Params, ParamValue } from './params.js';
import type { ValueSchema } from './value-schema.js';

export type Direction = 'minimize' | 'maximize';

/** What a parameter of several entries takes. */
export interface ParameterList {
  /** Numbers lie in the parameter's bounds. */
  readonly of: 'float' | 'int' | 'choice';
  /** What an entry may be, where entries are words. */
  readonly choices?: readonly string[];
  readonly minLength: number;
  readonly maxLength: number;
  /** Whether one entry may stand there without a list: for every layer the same, for example. */
  readonly orOne: boolean;
}

/** What a trainer says of one of its hyperparameters; a form can be built from it. */
export interface TrainerParameter {
  readonly name: string;
  /** `list` takes several entries; `list` below says what they are. */
  readonly kind: 'float' | 'int' | 'boolean' | 'choice' | 'list';
  readonly default: ParamValue;
  /** Bounds of the numbers, where there are any; `exclusiveMin` means that `min` itself is refused (likewise max). */
  readonly min?: number;
  readonly max?: number;
  readonly exclusiveMin?: boolean;
  readonly exclusiveMax?: boolean;
  /** Words it accepts: all choices of a `choice`, or words beside the numbers (`full` for batchSize). */
  readonly choices?: readonly string[];
  /** Of the kind `list`, and only there. */
  readonly list?: ParameterList;
  /** What it does, in one sentence. */
  readonly description: string;
  /** Whether it may be changed by hand between two steps of a trial (seed 2.6, 3.3): memory and state do not hang on it. */
  readonly changeable?: true;
  /** Section of the course notes, such as "2.5". */
  readonly section?: string;
  /** Accepts exactly the legal values; bounds and choices of a searched domain are checked with it too. */
  readonly schema: ValueSchema;
}

export interface TrainerMetric {
  readonly name: string;
  readonly direction: Direction;
  readonly description: string;
  /** Absent: it is reported of both. */
  readonly task?: DatasetInfo['task'];
}

/** A value that does not fit another one. */
export interface ParamConflict {
  /** The parameter to correct. */
  readonly name: string;
  readonly message: string;
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
  /** Values that are legal one by one and make no sense together; nothing is said of those in `searched`, which are not known yet. */
  readonly conflicts?: (params: Params, searched: ReadonlySet<string>) => readonly ParamConflict[];
  /** Why a legal value makes no sense for a data set; null when it does. */
  readonly misfit?: (name: string, value: ParamValue, dataset: DatasetInfo) => string | null;
  /** Metric a search optimises when its spec names none; `task` matters to trainers that do both. Null: it must name one. */
  readonly defaultObjective: (task: 'classification' | 'regression') => string | null;
}
