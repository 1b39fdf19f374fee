import type { Trial } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { dispatchOrLeave } from './dispatch.js';
import { checkTrainer, ended, requireBegun } from './edit-trial.js';
import { getSearch } from './read-searches.js';

/**
 * Takes a trial back to an earlier step, from where it goes on: a running one at once, a paused one when it is resumed. It
 * begins from the newest checkpoint up to there, and trains the rest again to the same bits.
 */
export async function rewindTrial(
  deps: Deps,
  trial: Trial,
  to: { readonly step: number; readonly actor: string },
): Promise<Trial> {
  const { spec } = await getSearch(deps, trial.searchId);
  checkTrainer(spec.trainer.kind);
  requireBegun(trial, 'taken back');
  const rewound = await deps.edits.rewind(trial.id, to);
  const now = (await deps.trials.get(trial.id)) ?? trial;
  switch (rewound.kind) {
    case 'gone':
      requireBegun(now, 'taken back');
      throw ended({ status: 'cancelled' }, 'taken back');
    case 'out-of-range':
      throw invalidStep(rangeMessage(rewound, spec.scheduler.kind));
    case 'not-measured':
      throw invalidStep(`is no step that was measured; the last one before is ${rewound.before}`);
    case 'rewound':
      deps.signals.publish(trial.searchId);
      deps.logger.info({ trialId: trial.id, ...to }, 'trial taken back');
      if (rewound.trial !== null) await dispatchOrLeave(deps, [rewound.trial]);
      return now;
  }
}

function rangeMessage({ from, below }: { readonly from: number; readonly below: number }, scheduler: string): string {
  if (below <= from) return `has nothing to go back to: the trial is at step ${below}`;
  const why =
    from > 0 ? ` (before ${from} it was compared by its scheduler ${scheduler}, or another trial trained it)` : '';
  return `must be from ${from} to below ${below}, the step it is at${why}`;
}

function invalidStep(message: string): DomainError {
  return new DomainError('invalid-request', 'The trial cannot be taken back there', {
    issues: [{ path: ['step'], message }],
  });
}
