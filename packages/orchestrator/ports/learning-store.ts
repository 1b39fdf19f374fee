import type { LearningSummary } from '@caviar/search';

/**
 * What samplers have learnt, for processes that come to a search later: summaries follow from trials that have ended and from what
 * their key stands for, so it does not matter who stored one, nor whether one is lost. A search has one, of one key.
 */
export interface LearningStore {
  /** The newest summary of that key. */
  read(searchId: string, key: string): Promise<LearningSummary | null>;
  /** Takes it upon the caller to learn, for so long; false while somebody else is at it, or the search is gone. */
  take(searchId: string, key: string, leaseMs: number): Promise<boolean>;
  /** Stores a summary that reaches further than the one that is there, or is of another key. The caller may go on for so long. */
  keep(searchId: string, key: string, summary: LearningSummary, leaseMs: number): Promise<void>;
  /** The caller is not at it any more, or goes on for so long. */
  renew(searchId: string, key: string, leaseMs: number): Promise<void>;
}
