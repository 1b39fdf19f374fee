import type { BestSoFarView, ChangeView, SearchTimelineView } from '@caviar/contracts';
import type { Change, NewBest, Stretch } from '@caviar/orchestrator';
import { presentSearch } from './present-search.js';

export function presentNewBest({ trialId, number, value, endedAt }: NewBest): BestSoFarView['items'][number] {
  return { trialId, number, value, endedAt: endedAt?.toISOString() ?? null };
}

export function presentStretch(stretch: Stretch): SearchTimelineView['items'][number] {
  const { workerId, trialId, number, attempt, from, to, status } = stretch;
  return { workerId, trialId, number, attempt, from: from.toISOString(), to: to?.toISOString() ?? null, status };
}

export function presentChange(change: Change): ChangeView {
  return change.kind === 'search' ? { kind: 'search', search: presentSearch(change.search) } : change;
}
