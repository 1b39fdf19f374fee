import type { MeasurementsView, TrialEditView, TrialView } from '@caviar/contracts';
import type { CurvePoint } from '@caviar/orchestrator';
import type { Trial, TrialEdit } from '@caviar/spec';

export function presentTrial(trial: Trial): TrialView {
  return {
    id: trial.id,
    searchId: trial.searchId,
    number: trial.number,
    status: trial.status,
    params: trial.params,
    editedFrom: trial.editedFrom,
    value: trial.value,
    step: trial.step,
    metrics: trial.metrics,
    proposal: trial.proposal,
    basis: trial.basis,
    reason: trial.reason,
    attempts: trial.attempts,
    workerId: trial.workerId,
    provenance: trial.provenance,
    round: trial.round,
    createdAt: trial.createdAt.toISOString(),
    startedAt: trial.startedAt?.toISOString() ?? null,
    endedAt: trial.endedAt?.toISOString() ?? null,
    durationMs: trial.durationMs,
  };
}

export function presentEdit({ requestedAt, settledAt, ...edit }: TrialEdit): TrialEditView {
  return { ...edit, requestedAt: requestedAt.toISOString(), settledAt: settledAt?.toISOString() ?? null };
}

export function presentCurve(points: readonly CurvePoint[]): MeasurementsView {
  return {
    items: points.map(({ step, metrics, elapsedMs, timing, smoothed }) => ({
      step,
      metrics,
      elapsedMs,
      ...(timing && { timing }),
      ...(smoothed !== undefined && { smoothed }),
    })),
  };
}
