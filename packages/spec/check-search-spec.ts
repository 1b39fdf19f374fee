import { checkConstraints, checkObjectives, namedObjectives } from './check-objectives.js';
import type { DatasetInfo, DatasetSource } from './dataset.js';
import { defaultSplit, hasTestPart } from './dataset.js';
import type { ParamValue } from './params.js';
import { checkScheduler, completeScheduler } from './scheduler-resources.js';
import type { Objective, SearchSpec, SearchSpecInput, Split, TrainerSpec } from './search-spec.js';
import type { Domain } from './space.js';
import type { SpecIssue } from './spec-issue.js';
import type { TrainerDescriptor } from './trainer.js';

/** What of the surroundings a spec is checked against. */
export interface SpecContext {
  readonly trainer: TrainerDescriptor;
  /** The named data set; null when the trainer needs none or there is none of that name. */
  readonly dataset: DatasetInfo | null;
  /** Names of the registered programs; left out: not checked. */
  readonly programs?: readonly string[];
}

/** Checks what the shape alone cannot tell: trainer against data set, parameters, objective, sampler. Empty = fine. */
export function checkSearchSpec(spec: SearchSpecInput, context: SpecContext): SpecIssue[] {
  return [
    ...checkDataset(spec.trainer, context),
    ...checkProgram(spec.trainer, context),
    ...checkParameters(spec, context),
    ...checkObjectives(spec, context),
    ...checkConstraints(spec, context),
    ...checkSampler(spec),
    ...checkScheduler(spec, context.trainer),
  ];
}

/** Fills in every default. The spec must have passed `checkSearchSpec`; `seed` is used when the spec names none. */
export function completeSearchSpec(spec: SearchSpecInput, context: SpecContext, seed: number): SearchSpec {
  const trainer = completeTrainer(spec.trainer, context.dataset);
  return {
    ...spec,
    scheduler: completeScheduler(spec, context.trainer),
    name: spec.name ?? (trainer.kind === 'mlp' ? `${trainer.kind} on ${trainer.dataset}` : trainer.kind),
    trainer,
    ...completeObjectives(spec, context),
    seed: spec.seed ?? seed,
  };
}

function completeTrainer(trainer: TrainerSpec, dataset: DatasetInfo | null): TrainerSpec {
  if (trainer.kind !== 'mlp' || trainer.split !== undefined || dataset === null) return trainer;
  return { ...trainer, split: defaultSplit(dataset) };
}

function defaultObjective({ trainer, dataset }: SpecContext): Objective {
  const metric = trainer.defaultObjective(dataset?.task ?? 'classification');
  if (metric === null) throw new TypeError(`the trainer ${trainer.kind} has no objective of its own`);
  const direction = trainer.metrics.find(({ name }) => name === metric)?.direction ?? 'minimize';
  return { metric, direction };
}

function checkDataset(trainer: TrainerSpec, { dataset }: SpecContext): SpecIssue[] {
  if (trainer.kind !== 'mlp') return [];
  if (dataset === null) return [{ path: ['trainer', 'dataset'], message: `there is no data set "${trainer.dataset}"` }];
  const split: Split = trainer.split ?? defaultSplit(dataset);
  const known = dataset.sources?.map(({ name }) => name) ?? [];
  const unknown = (split.sources ?? []).flatMap((name, i) => {
    if (known.includes(name)) return [];
    const message = known.length === 0 ? `${dataset.id} does not tell its sources` : `is none of ${known.join(', ')}`;
    return [{ path: ['trainer', 'split', 'sources', i], message }];
  });
  return [
    ...unknown,
    ...checkTestPart(dataset, split),
    ...checkTestSources(dataset, split),
    ...checkClassSizes(dataset, split),
  ];
}

/** Dev and test must be of one distribution (seed 1.1): a test part that came with the data decides for both. */
function checkTestSources({ name, sources, testSources }: DatasetInfo, split: Split): SpecIssue[] {
  if (!testSources || !sources) return [];
  const namesOf = (all: readonly DatasetSource[]) => all.filter(({ rows }) => rows > 0).map((source) => source.name);
  const [dev, test] = [split.sources ?? namesOf(sources), namesOf(testSources)];
  if (test.length === new Set(dev).size && test.every((source) => dev.includes(source))) return [];
  const list = test.map((source) => `"${source}"`).join(', ');
  const message = `dev and test must come from the same sources: the test part of "${name}" comes from ${list}, so sources must be [${list}]`;
  return [{ path: ['trainer', 'split', 'sources'], message }];
}

function checkTestPart(dataset: DatasetInfo, split: Split): SpecIssue[] {
  if (!hasTestPart(dataset) || split.test === 0) return [];
  const message = `must be 0: "${dataset.name}" has a test part of its own, of ${dataset.testRows} rows`;
  return [{ path: ['trainer', 'split', 'test'], message }];
}

/** Classes that a refusal names; the others are counted. */
const MAX_CLASSES_NAMED = 10;

/**
 * Every part needs rows, and some of every class, or groups; where rows have groups or sources, whether the classes are in all parts shows
 * only when they are shared out.
 */
function checkClassSizes({ rows, classRows, classNames, groups, sources }: DatasetInfo, split: Split): SpecIssue[] {
  const parts = split.test > 0 ? 3 : 2;
  const few = (count: number, unit: string) =>
    `${count} ${unit}${count === 1 ? '' : 's'}, too few for one in each of ${split.test > 0 ? 'train, dev and test' : 'train and dev'}`;
  const refuse = (message: string): SpecIssue => ({ path: ['trainer', 'dataset'], message });
  if (rows < parts) return [refuse(`the data set has ${few(rows, 'row')}`)];
  if (typeof groups === 'number') return groups < parts ? [refuse(`the data set has ${few(groups, 'group')}`)] : [];
  if (sources !== undefined && sources !== null) return [];
  const small = (classRows ?? []).flatMap((count, c) =>
    count < parts ? [refuse(`the class "${classNames?.[c] ?? c}" has ${few(count, 'row')}`)] : [],
  );
  const named = small.slice(0, MAX_CLASSES_NAMED);
  return small.length > named.length
    ? [...named, refuse(`so have ${small.length - named.length} more classes`)]
    : named;
}

function checkProgram(trainer: TrainerSpec, { programs }: SpecContext): SpecIssue[] {
  if (trainer.kind !== 'command' || programs === undefined || programs.includes(trainer.program)) return [];
  const known = programs.length === 0 ? 'none is (see CAVIAR_PROGRAMS)' : `there are ${programs.join(', ')}`;
  return [{ path: ['trainer', 'program'], message: `no program "${trainer.program}" is registered; ${known}` }];
}

function checkParameters(spec: SearchSpecInput, { trainer, dataset }: SpecContext): SpecIssue[] {
  const issues: SpecIssue[] = [];
  const known = new Map(trainer.parameters.map((parameter) => [parameter.name, parameter]));
  const unknown = (path: (string | number)[], name: string) =>
    issues.push({
      path,
      message: `the trainer ${trainer.kind} has no parameter "${name}"; it has ${[...known.keys()].join(', ')}`,
    });

  for (const [name, value] of Object.entries(spec.trainer.params)) {
    const path = ['trainer', 'params', name];
    const parameter = known.get(name);
    if (Object.hasOwn(spec.space, name)) issues.push({ path, message: 'is fixed here and searched in space' });
    else if (trainer.isOpen) continue;
    else if (parameter === undefined) unknown(path, name);
    else issues.push(...checkValue(parameter.schema, value, path));
  }
  if (trainer.isOpen) return issues;
  for (const [name, domain] of Object.entries(spec.space)) {
    const parameter = known.get(name);
    if (parameter === undefined) unknown(['space', name], name);
    else issues.push(...checkDomain(parameter.schema, domain, ['space', name]));
  }
  return issues.length > 0 ? issues : checkFit(spec, { trainer, dataset });
}

/** Whether legal values fit each other, as far as they are fixed, and the data set. */
function checkFit(
  { trainer: { params }, space, trials = [] }: SearchSpecInput,
  { trainer, dataset }: SpecContext,
): SpecIssue[] {
  const fixed = Object.entries(params).map(([name, value]) => ({ name, value, path: ['trainer', 'params', name] }));
  const choices = Object.entries(space).flatMap(([name, domain]) =>
    domain.kind !== 'categorical'
      ? []
      : domain.choices.map((value, i) => ({ name, value, path: ['space', name, 'choices', i] })),
  );
  const misfits = [...fixed, ...choices].flatMap(({ name, value, path }) => {
    const message = dataset === null ? null : (trainer.misfit?.(name, value, dataset) ?? null);
    return message === null ? [] : [{ path, message }];
  });
  const conflicts = trainer.conflicts?.(params, new Set(Object.keys(space))) ?? [];
  const ofTrials = trials.flatMap((given, i) =>
    (trainer.conflicts?.({ ...params, ...given }, new Set()) ?? []).map(({ name, message }) => ({
      path: ['trials', i, ...(Object.hasOwn(given, name) ? [name] : [])],
      message: Object.hasOwn(given, name) ? message : `${name} ${message}`,
    })),
  );
  return [
    ...misfits,
    ...conflicts.map(({ name, message }) => ({ path: ['trainer', 'params', name], message })),
    ...(conflicts.length > 0 ? [] : ofTrials),
  ];
}

/** A domain fits when its bounds and all its choices do: a legal range has no hole that a searched range could hit. */
function checkDomain(
  schema: TrainerDescriptor['parameters'][number]['schema'],
  domain: Domain,
  path: (string | number)[],
): SpecIssue[] {
  if (domain.kind === 'categorical') {
    return domain.choices.flatMap((choice, i) => checkValue(schema, choice, [...path, 'choices', i]));
  }
  // A float range between two legal integers would still draw fractions: try a value between as well.
  const between: ParamValue[] =
    domain.kind === 'float' && domain.min < domain.max ? [fractionBetween(domain.min, domain.max)] : [];
  const atBounds = [
    ...checkValue(schema, domain.min, [...path, 'min']),
    ...checkValue(schema, domain.max, [...path, 'max']),
  ];
  return atBounds.length > 0 ? atBounds : between.flatMap((value) => checkValue(schema, value, [...path, 'kind']));
}

function fractionBetween(min: number, max: number): number {
  const middle = min + (max - min) / 2;
  return Number.isInteger(middle) ? min + (max - min) * 0.4999 : middle;
}

function checkValue(
  schema: TrainerDescriptor['parameters'][number]['schema'],
  value: ParamValue,
  path: (string | number)[],
): SpecIssue[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return [{ path, message: result.error.issues[0]?.message ?? 'is not a legal value' }];
}

function completeObjectives(spec: SearchSpecInput, context: SpecContext): Pick<SearchSpec, 'objective' | 'objectives'> {
  const all = namedObjectives(spec).map(({ one }) => one);
  const [first = defaultObjective(context)] = all;
  return all.length > 1 ? { objective: first, objectives: all } : { objective: first };
}

function checkSampler({ sampler, space, stop }: SearchSpecInput): SpecIssue[] {
  if (sampler.kind === 'grid' && typeof sampler.levels === 'object') {
    return Object.keys(sampler.levels)
      .filter((name) => !Object.hasOwn(space, name))
      .map((name) => ({ path: ['sampler', 'levels', name], message: `there is no parameter "${name}" in the space` }));
  }
  if (sampler.kind === 'coarse-to-fine') {
    if (stop.maxTrials === undefined) {
      return [{ path: ['stop', 'maxTrials'], message: 'coarse-to-fine needs it: the rounds share it out' }];
    }
    if (stop.maxTrials < sampler.rounds) {
      return [{ path: ['sampler', 'rounds'], message: `must not be more than stop.maxTrials (${stop.maxTrials})` }];
    }
  }
  return [];
}
