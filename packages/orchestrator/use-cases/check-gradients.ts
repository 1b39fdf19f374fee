import {
  checkSearchSpec,
  defaultSplit,
  type GradientCheckReport,
  type GradientCheckRequest,
  MAX_GRADIENT_CHECK_WORK,
  type Params,
} from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { specContext } from './complete-spec.js';
import { findDataset } from './datasets.js';

/** Compares backpropagation with two-sided differences for a network of the caller's choice (seed 1.9), in a worker. */
export async function checkGradients(
  deps: Pick<Deps, 'datasets' | 'storedDatasets' | 'programs' | 'tasks'>,
  request: GradientCheckRequest,
  project: string,
): Promise<GradientCheckReport> {
  const { dataset: id, params } = request;
  const refuse = (path: readonly (string | number)[], message: string): never => {
    throw new DomainError('invalid-spec', 'The network cannot be checked', { issues: [{ path, message }] });
  };
  const dataset = await findDataset(deps, id, project);
  if (dataset === null) return refuse(['dataset'], `there is no data set "${id}"`);
  const trainer = { kind: 'mlp', dataset: dataset.id, params, maxRetries: 0 } as const;
  const issues = checkSearchSpec(asSpec(trainer), await specContext(deps, { trainer }, project));
  if (issues.length > 0) {
    const relative = issues.map(({ path, message }) => ({ path: path.slice(1), message })); // without "trainer"
    throw new DomainError('invalid-spec', 'The network cannot be checked', { issues: relative });
  }
  const parameters = countParameters(params, {
    inputs: dataset.inputs ?? dataset.features,
    outputs: dataset.classes ?? 1,
  });
  if (parameters * parameters * request.examples > MAX_GRADIENT_CHECK_WORK) {
    refuse(
      ['params', 'hiddenUnits'],
      `makes a network of ${parameters} parameters; each takes two passes over ${request.examples} examples, which is too ` +
        'much: take fewer units or examples (backpropagation is as right or wrong in a small network)',
    );
  }
  const result = await deps.tasks.run({
    kind: 'gradient-check',
    request: { ...request, dataset: dataset.id, split: request.split ?? defaultSplit(dataset) },
  });
  if (result.kind === 'checked') return result.report;
  return result.kind === 'refused' ? refuse(result.path, result.message) : refuse([], 'gave no report');
}

/** A search over nothing, for its checks of the trainer's parameters. */
function asSpec(trainer: Parameters<typeof checkSearchSpec>[0]['trainer']): Parameters<typeof checkSearchSpec>[0] {
  return {
    trainer,
    space: {},
    sampler: { kind: 'random' },
    scheduler: { kind: 'fifo' },
    stop: { maxTrials: 1 },
    parallelism: 1,
    reproducibility: 'strict',
  };
}

/** Weights and biases of a fully connected network, with the trainer's defaults for what is not named. */
function countParameters(
  params: Params,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): number {
  const { hiddenUnits = 64, hiddenLayers = 1 } = params;
  const hidden = Array.isArray(hiddenUnits)
    ? hiddenUnits.map(Number)
    : Array(Number(hiddenLayers)).fill(Number(hiddenUnits));
  const sizes = [inputs, ...hidden, outputs];
  return sizes.slice(1).reduce((sum, size, i) => sum + size * (sizes[i]! + 1), 0);
}
