import { checkSampler } from '@caviar/search';
import {
  checkSearchSpec,
  completeSearchSpec,
  findTrainer,
  fitText,
  type SearchSpec,
  type SearchSpecInput,
  type SpecContext,
  type SpecIssue,
} from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { findDataset } from './datasets.js';

/**
 * Checks a spec against trainer and data set, and fills in its defaults; throws `invalid-spec` with every issue found. A data set
 * that is named goes by its id from here on: the name may be another one's some day.
 */
export async function completeSpec(
  deps: Pick<Deps, 'datasets' | 'storedDatasets' | 'programs'>,
  given: SearchSpecInput,
  project: string,
): Promise<SearchSpec> {
  const context = await specContext(deps, given, project);
  const input = namingById(given, context);
  const refuse = (issues: readonly SpecIssue[]) => {
    if (issues.length > 0) throw new DomainError('invalid-spec', 'The search spec does not make sense', { issues });
  };
  refuse(checkSearchSpec(input, context));
  const spec = completeSearchSpec(input, context, drawSeed());
  refuse(checkSampler(spec));
  return spec;
}

/** `project` null: of a spec that is stored, which names its data set by id. */
export async function specContext(
  deps: Pick<Deps, 'datasets' | 'storedDatasets' | 'programs'>,
  { trainer }: Pick<SearchSpecInput, 'trainer'>,
  project: string | null,
): Promise<SpecContext> {
  const descriptor = findTrainer(trainer.kind);
  if (descriptor === undefined) throw new Error(`the trainer ${trainer.kind} has no descriptor`);
  const dataset = trainer.kind === 'mlp' ? await findDataset(deps, trainer.dataset, project) : null;
  return { trainer: descriptor, dataset, programs: deps.programs };
}

function namingById(input: SearchSpecInput, { dataset }: SpecContext): SearchSpecInput {
  const { trainer } = input;
  if (trainer.kind !== 'mlp' || dataset === null || trainer.dataset === dataset.id) return input;
  const name = input.name ?? fitText(`${trainer.kind} on ${dataset.name}`, 200);
  return { ...input, name, trainer: { ...trainer, dataset: dataset.id } };
}

/** A seed short enough to be copied by hand. */
function drawSeed(): number {
  const [seed = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return seed;
}
