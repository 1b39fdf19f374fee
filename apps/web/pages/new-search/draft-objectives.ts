import type { DatasetView, TrainerView } from '@caviar/contracts';
import { at, type Draft, withValue } from './draft.js';

export interface ObjectiveDraft {
  readonly metric: unknown;
  readonly direction: unknown;
}

/** The objectives of a draft in any of the three ways that a spec may name them, each with the pointer to it. */
export function objectivesIn(draft: Draft): readonly { readonly one: ObjectiveDraft; readonly pointer: string }[] {
  for (const key of ['objectives', 'objective']) {
    const value = at(draft, key);
    if (Array.isArray(value)) return value.map((one, i) => ({ one: objectiveOf(one), pointer: `/${key}/${i}` }));
    if (value !== undefined) return [{ one: objectiveOf(value), pointer: `/${key}` }];
  }
  return [];
}

function objectiveOf(value: unknown): ObjectiveDraft {
  return { metric: at(value, 'metric'), direction: at(value, 'direction') };
}

/** A draft with other objectives: none is left out, one is itself, several are a list. */
export function withObjectives(draft: Draft, objectives: readonly ObjectiveDraft[]): Draft {
  const { objectives: _, ...others } = draft;
  const [first] = objectives;
  return withValue(others, ['objective'], objectives.length > 1 ? objectives : first);
}

/** What a trainer optimises when nothing is said; null where it must be. */
export function usualObjective(
  trainer: TrainerView | undefined,
  dataset: DatasetView | undefined,
): ObjectiveDraft | null {
  const metric = trainer?.defaultObjective[dataset?.task ?? 'classification'] ?? null;
  return metric === null ? null : objectiveFor(trainer, metric);
}

/** A metric, the better way round. */
export function objectiveFor(trainer: TrainerView | undefined, metric: string): ObjectiveDraft {
  const known = trainer?.metrics.find(({ name }) => name === metric);
  return { metric, direction: known?.direction ?? 'minimize' };
}

/** Of another trainer, objectives and constraints on what it does not report are left out. */
export function keepReported(draft: Draft, trainer: TrainerView | undefined): Draft {
  if (trainer === undefined || trainer.isOpen) return draft;
  const isReported = (one: unknown) => trainer.metrics.some(({ name }) => name === at(one, 'metric'));
  const constraints = at(draft, 'constraints');
  const kept = Array.isArray(constraints) ? constraints.filter(isReported) : [];
  const objectives = objectivesIn(draft).map(({ one }) => one);
  return withObjectives(
    withValue(draft, ['constraints'], kept.length > 0 ? kept : undefined),
    objectives.filter(isReported),
  );
}
