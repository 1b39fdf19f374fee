import { stream } from '@caviar/numerics';
import { objectivesOf, type SearchSpec } from '@caviar/spec';
import { createFlow } from './flow/flow.js';
import type { SearchPlan } from './plan-search.js';

/** Trials that train at least to a step. */
export interface RungPreview {
  readonly step: number;
  readonly trials: number;
}

export interface ScheduledPreview {
  readonly rungs: readonly RungPreview[];
  readonly epochs: { readonly perTrial: number; readonly total: number | null };
}

/** Trials that are played through; of a larger search the rest is taken to go likewise. */
const PLAYED = 1000;

/**
 * Plays a search through with values drawn by lot: exact for schedulers whose cuts depend on numbers of trials alone,
 * close for asha. Null for schedulers without rungs, and for `median`, where everything depends on the curves.
 */
export function previewRungs(spec: SearchSpec, plan: SearchPlan): ScheduledPreview | null {
  const { scheduler } = spec;
  if (scheduler.kind === 'fifo' || scheduler.kind === 'median' || scheduler.maxResource === undefined) return null;
  const { maxResource } = scheduler;
  const objectives = objectivesOf(spec);
  const played = Math.min(plan.totalTrials ?? PLAYED, PLAYED);
  const flow = createFlow({ ...spec, reproducibility: 'strict' }, { totalTrials: played, rounds: [] });
  const at = new Map<number, number>();
  const trials = new Map<number, number>();
  let epochs = 0;
  for (let commands = flow.take(); commands.length > 0; commands = flow.take()) {
    for (const command of commands) {
      if (command.kind !== 'create' && command.kind !== 'continue') continue;
      const { number, toStep } = command;
      const step = toStep ?? maxResource;
      const from = command.kind === 'create' ? (command.from?.step ?? 0) : at.get(number)!;
      epochs += step - from;
      at.set(number, step);
      trials.set(step, (trials.get(step) ?? 0) + 1);
      const value = stream(0, 'lot', number).uniform();
      const values = objectives.map((_, m) => (m === 0 ? value : stream(0, 'lot', number, m).uniform()));
      flow.feed([{ number, step, value, values, status: toStep === null ? 'completed' : 'reached' }]);
    }
  }
  const scale = plan.totalTrials === null ? 1 : plan.totalTrials / played;
  const total = Math.round(epochs * scale);
  const rungs = [...trials].map(([step, count]) => ({ step, trials: Math.round(count * scale) }));
  return {
    rungs: rungs.sort((a, b) => a.step - b.step),
    epochs: {
      perTrial: epochs / played,
      total: plan.totalTrials !== null && Number.isSafeInteger(total) ? total : null,
    },
  };
}
