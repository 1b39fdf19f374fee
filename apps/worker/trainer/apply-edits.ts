import type { PendingEdits, SettledEdits } from '@caviar/orchestrator';
import { TrainingInputError, type TrainingRun } from '@caviar/training';

type Edit = PendingEdits['edits'][number];

/** Makes changes to a run after a step, one by one: what makes no sense is refused with the reason, and changes nothing. */
export function applyEdits(run: TrainingRun, step: number, edits: readonly Edit[]): SettledEdits {
  const outcomes = edits.map(({ number, params }) => {
    try {
      run.change(params);
      return { number, refusal: null };
    } catch (error) {
      if (!(error instanceof TrainingInputError)) throw error;
      return { number, refusal: `${error.path.slice(1).join('.')} ${error.message}`.trim() };
    }
  });
  return { step, outcomes };
}
