import type { ParamValue, Search, Trial, TrialStatus } from '@caviar/spec';
import type { Curve, NewBest, RungSummary, Stretch, TableQuery } from './ports/chart-store.js';

/** Says which version of the leaderboard it shows. */
interface Versioned {
  readonly version: number;
}

interface List<Item> extends Versioned {
  readonly items: readonly Item[];
}

/** Trials as columns, by number: all of them, or a sample. */
export interface TrialPoints extends Versioned {
  /** Trials of the search. */
  readonly total: number;
  readonly id: readonly string[];
  readonly number: readonly number[];
  readonly status: readonly TrialStatus[];
  readonly value: readonly (number | null)[];
  readonly step: readonly number[];
  readonly round: readonly (number | null)[];
  readonly durationMs: readonly (number | null)[];
  readonly params: Readonly<Record<string, readonly (ParamValue | null)[]>>;
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
  /** With several objectives: the front of each, from 1. */
  readonly front?: readonly (number | null)[];
}

export interface CurveColumns extends Omit<Curve, 'measurements'> {
  readonly steps: readonly number[];
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What a page draws of one search: answers whose size is bounded, however many trials there are. */
export interface Charts {
  table(
    searchId: string,
    query: TableQuery,
  ): Promise<
    List<Trial> & {
      readonly total: number;
      readonly offset: number;
      /** With several objectives: the front of each of the items, from 1. */
      readonly fronts?: readonly (number | null)[];
    }
  >;
  points(
    searchId: string,
    query: { readonly limit: number; readonly metrics?: readonly string[] | undefined },
  ): Promise<TrialPoints>;
  bestSoFar(
    searchId: string,
    query: { readonly maxPoints: number; readonly objective?: string | undefined },
  ): Promise<List<NewBest> & { readonly total: number }>;
  curves(
    searchId: string,
    query: {
      readonly numbers?: readonly number[] | undefined;
      readonly best: number;
      readonly metrics?: readonly string[] | undefined;
      readonly maxPoints: number;
      readonly beta?: number | undefined;
    },
  ): Promise<List<CurveColumns>>;
  rungs(searchId: string): Promise<List<RungSummary>>;
  timeline(searchId: string, query: { readonly limit: number }): Promise<List<Stretch>>;
}

/** Something that is another now. */
export type Change =
  | { readonly kind: 'ready' }
  | { readonly kind: 'search'; readonly search: Search }
  | { readonly kind: 'gone'; readonly searchId: string }
  | { readonly kind: 'workers' };
