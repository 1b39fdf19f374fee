import type { Measurement, Metrics, Objective, Params, ParamValue, Trial, TrialStatus } from '@caviar/spec';

/** A field of a trial, `params.NAME`, or `metrics.NAME`; as an order also `front`, that of the places given. */
export type TableColumn = string;

/** What a column of a trial must be to be shown. */
export type ColumnCondition =
  | { readonly min?: number | undefined; readonly max?: number | undefined }
  | { readonly in: readonly ParamValue[] };

export interface TableQuery {
  readonly sort: TableColumn;
  readonly order: 'asc' | 'desc';
  readonly status?: readonly TrialStatus[] | undefined;
  readonly filter?: Readonly<Record<TableColumn, ColumnCondition>> | undefined;
  readonly offset: number;
  readonly limit: number;
  /** Numbers of the trials in the order of the board, where that is not one that the database knows. */
  readonly places?: readonly number[] | undefined;
  /** In a search with constraints: which way its objective goes. Trials that break one are then in the order of the board too. */
  readonly constrained?: 'minimize' | 'maximize' | undefined;
}

export interface TrialPoint
  extends Pick<Trial, 'id' | 'number' | 'status' | 'value' | 'step' | 'round' | 'durationMs'> {
  readonly params: Params;
  readonly metrics: Metrics;
}

export interface NewBest {
  readonly trialId: string;
  readonly number: number;
  readonly value: number;
  readonly endedAt: Date | null;
}

export interface Curve extends Pick<Trial, 'number' | 'status' | 'value'> {
  readonly trialId: string;
  readonly measurements: readonly Pick<Measurement, 'step' | 'metrics' | 'elapsedMs'>[];
}

/** What became of the trials at a step at which a scheduler compares them. */
export interface RungSummary {
  readonly step: number;
  readonly arrived: number;
  readonly wentOn: number;
  readonly stopped: number;
  readonly waiting: number;
  /** By the direction of the objective. */
  readonly best: number | null;
  readonly quartiles: readonly [number | null, number | null, number | null];
}

/** A stretch in which somebody trained a trial. */
export interface Stretch {
  readonly workerId: string | null;
  readonly trialId: string;
  readonly number: number;
  readonly attempt: number;
  readonly from: Date;
  /** Null while it runs. */
  readonly to: Date | null;
  /** What the trial became at the end of it. */
  readonly status: TrialStatus;
}

/** What a search has come to: another mark, another state. */
export interface SearchMark {
  readonly id: string;
  readonly mark: string;
}

/** Trials as pictures need them: answers of bounded size from any number of trials. */
export interface ChartStore {
  table(searchId: string, query: TableQuery): Promise<{ readonly total: number; readonly items: readonly Trial[] }>;
  /** Of the trials below `made`, by number: all, or the best fifth of `limit` and the others evenly over the numbers. */
  points(
    searchId: string,
    query: {
      readonly made: number;
      readonly limit: number;
      readonly metrics: readonly string[];
      /** Numbers of the best, where they are not those of the best values. */
      readonly best?: readonly number[] | undefined;
    },
  ): Promise<readonly TrialPoint[]>;
  /** Trials with a better value than every one of a lower number, by number. */
  bestSoFar(searchId: string): Promise<readonly NewBest[]>;
  /** The same for another metric than the one that trials are ranked by; of the trials that keep the constraints. */
  bestOf(
    searchId: string,
    objective: { readonly metric: string; readonly direction: 'minimize' | 'maximize' },
  ): Promise<readonly NewBest[]>;
  /** Curves of the trials of these numbers, or of the `best` first; steps thinned to `maxPoints`. */
  curves(
    searchId: string,
    which: { readonly numbers: readonly number[] | undefined; readonly best: number },
  ): Promise<readonly Curve[]>;
  rungs(searchId: string, objective: Objective): Promise<readonly RungSummary[]>;
  /** The newest stretches, by their begin. */
  timeline(searchId: string, limit: number): Promise<readonly Stretch[]>;
  /** The open searches and the newest others of a project, or of all. */
  marks(project: string | undefined): Promise<readonly SearchMark[]>;
  /** Changes when the list of workers does. */
  workersMark(): Promise<string>;
}
