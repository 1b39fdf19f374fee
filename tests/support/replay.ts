import { loadDataset } from '@caviar/datasets';
import type { Metrics, ParamChange, TrialEdit } from '@caviar/spec';
import { startTraining } from '@caviar/training';
import type { Stack } from './stack.js';

/** Changes that hold in a trial, as its log tells them. */
export function changesOf(edits: readonly TrialEdit[]): ParamChange[] {
  return edits.flatMap(({ kind, state, step, params }) =>
    kind === 'params' && state === 'applied' && step !== null ? [{ afterStep: step, params }] : [],
  );
}

/** The learning curve of a trial as its log says that it was trained: computed here, from the beginning, without a worker. */
export async function replayedCurve(stack: Stack, trialId: string): Promise<{ step: number; metrics: Metrics }[]> {
  const trial = await stack.orchestrator.getTrial(trialId);
  const { spec, seed } = await stack.orchestrator.getSearch(trial.searchId);
  const { trainer } = spec;
  const run = startTraining({
    trainer,
    params: { ...trainer.params, ...trial.params },
    searchSeed: seed,
    trialNumber: trial.number,
    dataset: trainer.kind === 'mlp' ? await loadDataset(trainer.dataset) : null,
    changes: changesOf(await stack.orchestrator.trialEdits(trialId)),
  });
  const curve: { step: number; metrics: Metrics }[] = [];
  for (let next = run.next(); next.kind !== 'end'; next = run.next()) {
    curve.push({ step: next.step, metrics: next.metrics });
  }
  return curve;
}

/** The learning curve of a trial as it is stored. */
export async function storedCurve(stack: Stack, trialId: string): Promise<{ step: number; metrics: Metrics }[]> {
  const curve = await stack.orchestrator.measurements(trialId, {});
  return curve.map(({ step, metrics }) => ({ step, metrics }));
}
