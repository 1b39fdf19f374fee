import type { LineageSegment, TestEvaluation } from '@caviar/spec';

/** The sealed test sets that have been opened. */
export interface EvaluationStore {
  find(searchId: string): Promise<TestEvaluation | null>;
  /** Stores what the test set said, unless something is stored already. */
  keep(searchId: string, evaluation: Omit<TestEvaluation, 'evaluatedAt'>): Promise<void>;
  /** How to train a trial again to the same bits, its earliest ancestor first. */
  lineage(trialId: string): Promise<readonly LineageSegment[]>;
}
