import type { SearchPreviewView } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';

export function presentPreview(preview: Awaited<ReturnType<Orchestrator['previewSearch']>>): SearchPreviewView {
  const { spec, plan, configurations, epochs, rungs, draws, parameters } = preview;
  return {
    spec,
    plan: {
      sampler: { ...plan.sampler },
      trials: plan.totalTrials,
      rounds: plan.rounds.map(({ index, firstNumber, endNumber }) => ({ index, firstNumber, endNumber })),
      rungs: rungs.map(({ step, trials }) => ({ step, trials })),
      configurations,
      epochs: epochs?.total ?? null,
      epochsPerTrial: epochs?.perTrial ?? null,
    },
    draws,
    parameters: parameters.map(({ name, activeShare, histogram }) => ({
      name,
      activeShare,
      histogram:
        histogram.kind === 'bins'
          ? { ...histogram, edges: [...histogram.edges], counts: [...histogram.counts] }
          : { ...histogram, values: [...histogram.values], counts: [...histogram.counts] },
    })),
  };
}
