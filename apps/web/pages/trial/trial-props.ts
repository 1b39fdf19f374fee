import type { SearchView, TrialView } from '@caviar/contracts';

export interface TrialProps {
  readonly trial: TrialView;
  readonly search: SearchView;
  /** Grows while the trial may change. */
  readonly tick: number;
}

export function isOpen({ status }: TrialView): boolean {
  return status === 'running' || status === 'queued' || status === 'paused';
}

/** Trials that were let train to their end, or stopped early, have a network to give. */
export function hasNetwork({ status }: TrialView): boolean {
  return status === 'completed' || status === 'pruned';
}
