import type { SearchImportanceView } from '@caviar/contracts';
import type { SearchImportance } from '@caviar/orchestrator';

export function presentImportance({ pairs, ...importance }: SearchImportance): SearchImportanceView {
  const listed = [...importance.parameters, ...pairs].reduce((sum, { share }) => sum + share, 0);
  return {
    ...importance,
    pairs: pairs.map(({ names, share, spread }) => ({ names: [...names], share, spread })),
    rest: Math.max(0, 1 - listed), // below 0 by rounding only
    parameters: [...importance.parameters],
  };
}
