import { narrowSpace } from '@caviar/search';
import {
  checkSearchSpec,
  DEFAULT_PROJECT,
  findTrainer,
  fitText,
  type Params,
  type SchedulerSpec,
  type Search,
  type SearchSpecInput,
  type SpecContext,
  type Trial,
} from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { ForkOptions } from '../orchestrator.js';
import { specContext } from './complete-spec.js';
import { makeSearch } from './create-search.js';
import { presentParams } from './edit-log.js';
import { identify, type MadeSearch, onceByKey } from './once-by-key.js';
import { getSearch } from './read-searches.js';

const DEFAULT_WIDTH = 0.25;
const DEFAULT_TRIALS = 20;
/** Names are at most 200 characters long. */
const KEPT_OF_NAME = 160;

/**
 * From the panda to the caviar (seed 3.3): a search around the params that a trial has now, those changed by hand among them. Its
 * first trial is that trial's params; its trainer, data, split and seed are those of the search that it came from.
 */
export async function forkTrial(
  deps: Deps,
  trial: Trial,
  {
    by,
    idempotencyKey,
    ...options
  }: ForkOptions & { readonly by: string; readonly idempotencyKey?: string | undefined },
): Promise<MadeSearch> {
  const search = await getSearch(deps, trial.searchId);
  const project = (await deps.keys.projectOfSearch(search.id)) ?? DEFAULT_PROJECT;
  // By what was asked for and not by the spec that comes of it: the trial may have been changed since.
  const idempotency = identify(idempotencyKey, project, { fork: trial.id, ...options });
  return onceByKey(deps, idempotency, async () => {
    const spec = forkedSpec({ search, trial, options, present: await presentParams(deps, search, trial) });
    const context = await specContext(deps, spec, project);
    const forkedFrom = { trialId: trial.id, by };
    return makeSearch(deps, repair(spec, context, options), { project, idempotency, forkedFrom });
  });
}

interface Fork {
  readonly search: Search;
  readonly trial: Trial;
  readonly present: Params;
  readonly options: ForkOptions;
}

function forkedSpec({ search, trial, present, options }: Fork): SearchSpecInput {
  const { width = DEFAULT_WIDTH, ...overrides } = options;
  const { warmStart: _, trials: __, space: whole, ...base } = search.spec;
  const isSearched = (name: string) => Object.hasOwn(whole, name);
  const point = pick(present, (name) => isSearched(name) && Object.hasOwn(trial.params, name));
  const { space, fixed } = narrowSpace(whole, point, width);
  if (Object.keys(space).length === 0) {
    const message = 'leaves nothing to search: no range can hold the values that the trial has now';
    throw new DomainError('invalid-request', 'The trial cannot be forked', { issues: [{ path: [], message }] });
  }
  const { kind } = base.trainer;
  return {
    ...base,
    name: `${fitText(search.name, KEPT_OF_NAME)}, around trial ${trial.number}`,
    trainer: { ...base.trainer, params: { ...pick(present, (name) => !isSearched(name)), ...fixed } },
    space,
    trials: [pick(point, (name) => Object.hasOwn(space, name))],
    stop: { maxTrials: DEFAULT_TRIALS },
    scheduler: findTrainer(kind)?.isOpen === true ? base.scheduler : withoutLengths(base.scheduler),
    ...pickGiven(overrides),
  };
}

/** How long trials train may have been changed: a scheduler finds it anew. */
function withoutLengths(scheduler: SchedulerSpec): SchedulerSpec {
  if (scheduler.kind === 'fifo') return scheduler;
  const { maxResource: _, ...rest } = scheduler;
  return rest as SchedulerSpec;
}

/** What of the old search no longer fits the smaller one gives way to defaults, unless the caller has asked for it. */
function repair(spec: SearchSpecInput, context: SpecContext, asked: ForkOptions): SearchSpecInput {
  const wrong = new Set(checkSearchSpec(spec, context).map(({ path }) => path[0]));
  return {
    ...spec,
    ...(wrong.has('scheduler') && asked.scheduler === undefined ? { scheduler: { kind: 'fifo' as const } } : {}),
    ...((wrong.has('sampler') || wrong.has('stop')) && asked.sampler === undefined
      ? { sampler: { kind: 'auto' as const } }
      : {}),
  };
}

function pick(params: Params, has: (name: string) => boolean): Record<string, Params[string]> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => has(name)));
}

function pickGiven(overrides: Omit<ForkOptions, 'width'>) {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
