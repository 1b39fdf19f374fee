import type { TrialEditView } from '@caviar/contracts';
import { paramText } from './format.js';

/** What a person did to a trial, in one line. */
export function editText({ kind, state, step, params, previous, by, reason }: TrialEditView): string {
  const what =
    kind === 'rewind'
      ? 'rewound'
      : Object.entries(params)
          .map(([name, value]) => `${name} from ${paramText(previous[name])} to ${paramText(value)}`)
          .join(', ');
  const at = step === null ? '' : kind === 'rewind' ? ` to step ${step}` : ` after step ${step}`;
  return `${what}${at}, ${state}, by ${by}${reason === null ? '' : `: ${reason}`}`;
}
