import { checkSampler } from '@caviar/search';
import {
  checkSearchSpec,
  completeSearchSpec,
  findTrainer,
  type SearchSpec,
  type SearchSpecInput,
  type SpecContext,
  type SpecIssue,
} from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';

/** Checks a spec against trainer and data set, and fills in its defaults; throws `invalid-spec` with every issue found. */
export function completeSpec(deps: Pick<Deps, 'datasets' | 'programs'>, input: SearchSpecInput): SearchSpec {
  const context = specContext(deps, input);
  const refuse = (issues: readonly SpecIssue[]) => {
    if (issues.length > 0) throw new DomainError('invalid-spec', 'The search spec does not make sense', { issues });
  };
  refuse(checkSearchSpec(input, context));
  const spec = completeSearchSpec(input, context, drawSeed());
  refuse(checkSampler(spec));
  return spec;
}

export function specContext(
  { datasets, programs }: Pick<Deps, 'datasets' | 'programs'>,
  { trainer }: Pick<SearchSpecInput, 'trainer'>,
): SpecContext {
  const descriptor = findTrainer(trainer.kind);
  if (descriptor === undefined) throw new Error(`the trainer ${trainer.kind} has no descriptor`);
  return { trainer: descriptor, dataset: trainer.kind === 'mlp' ? datasets.find(trainer.dataset) : null, programs };
}

/** A seed short enough to be copied by hand. */
function drawSeed(): number {
  const [seed = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return seed;
}
