import {
  findTrainer,
  fitText,
  type Objective,
  type Params,
  type SearchSpec,
  type SearchSpecInput,
  type Split,
} from '@caviar/spec';
import type { Diagnosis } from './diagnose.js';
import { type Draft, grow, isParent, search } from './draft.js';
import { firstTrial } from './first-trial.js';
import { type JudgedTrial, type PressedBound, pressedBounds, widen } from './pressed-bounds.js';
import type { RecipeStep } from './recipe.js';

export interface NextSearch {
  /** A spec that can be POSTed as it is. */
  readonly spec: SearchSpecInput;
  /** What was changed, and why, in plain words. */
  readonly changes: readonly string[];
  readonly pressed: readonly PressedBound[];
}

/** What the next search is made from. */
export interface NextSearchInput {
  readonly spec: SearchSpec;
  readonly trials: readonly JudgedTrial[];
  /** Of the best trial. */
  readonly diagnosis: Diagnosis;
  readonly isImage: boolean;
}

/**
 * The search that follows the recipe (seed 1.3): a bigger network, longer training or other optimisers against bias;
 * L2, dropout and early stopping against variance; wider bounds wherever the good trials press against one (seed 3.1). It is
 * judged on the same dev rows, so that the two can be compared, and the test rows stay unseen: another seed would train on them.
 */
export function nextSearch(input: NextSearchInput): NextSearch {
  const { spec, trials, diagnosis } = input;
  const draft: Draft = { space: { ...spec.space }, params: { ...spec.trainer.params }, changes: [] };
  const pressed = pressedBounds(spec, trials);
  if (spec.trainer.kind === 'mlp') {
    const best = bestParams(trials, spec.objective.direction) ?? {};
    const { verdict, recipe } = diagnosis;
    const asks = (kind: RecipeStep['kind']) => recipe.some((step) => step.kind === kind);
    if (asks('more-patience')) grow(draft, { name: 'patience', otherwise: 10, best, factor: 4 });
    if (asks('another-optimizer')) againstBias(draft, best, diagnosis);
    if (asks('regularize')) againstVariance(draft, input.isImage);
    if (verdict === 'high-bias-and-variance') stopEarly(draft);
  }
  // After the recipe, which may have had its own say in a parameter.
  for (const bound of pressed) {
    const domain = draft.space[bound.name];
    const isUntouched = domain !== undefined && domain === spec.space[bound.name];
    const wider = isUntouched ? widen(domain, bound, spec.trainer.kind) : null;
    if (wider === null) continue;
    draft.space[bound.name] = wider.domain;
    draft.changes.push(`${bound.name}: the good trials press against ${bound.value}; its bound is now ${wider.value}`);
  }
  if (spec.scheduler.kind === 'pbt') keepChangeable(draft);
  // What was given to be tried first has been tried, and what was begun with may not lie in the new space.
  const { name, seed, trials: given, warmStart, ...rest } = spec;
  const objective = lossInstead(spec, diagnosis, draft);
  const first = bestFirst(input, draft);
  if (first !== null) draft.changes.push('trials: the best params so far are tried first');
  else if (given !== undefined) draft.changes.push('trials: left out, they have been tried');
  if (warmStart !== undefined) draft.changes.push('warmStart: left out, for the space is another');
  return {
    spec: {
      ...rest,
      // Names are at most 200 characters long.
      name: `${fitText(name, 180)}, next`,
      seed: (seed + 1) % Number.MAX_SAFE_INTEGER,
      trainer: { ...spec.trainer, ...sameSplit(spec), params: draft.params },
      space: draft.space,
      sampler: samplerFor(spec.sampler, draft.space),
      scheduler: schedulerFor(spec, draft),
      ...(first !== null && { trials: [first] }),
      ...(objective !== null && { objective }),
    },
    changes: draft.changes,
    pressed,
  };
}

/** Where the share of errors does not tell a network from one that names the commonest class, the loss does. */
function lossInstead(
  { objective, objectives, stop }: SearchSpec,
  { recipe }: Diagnosis,
  draft: Draft,
): Objective | null {
  const isShare = objective.metric === 'dev.error' || objective.metric === 'dev.accuracy';
  const isAsked = recipe.some(({ kind }) => kind === 'weigh-classes');
  if (!isAsked || !isShare || objectives !== undefined || stop.targetValue !== undefined) return null;
  draft.changes.push(`objective: dev.loss, since ${objective.metric} is that of naming the commonest class`);
  return { metric: 'dev.loss', direction: 'minimize' };
}

/** Where nothing is new, the best has been tried. */
function bestFirst({ spec, trials }: NextSearchInput, { space, params, changes }: Draft): Params | null {
  const best = bestParams(trials, spec.objective.direction);
  if (spec.trainer.kind !== 'mlp' || best === undefined || changes.length === 0) return null;
  return firstTrial({ space, best, fixed: spec.trainer.params, params, maxTrials: spec.stop.maxTrials });
}

/** The rows as the search before it shared them out. */
function sameSplit({ trainer, seed }: SearchSpec): { readonly split?: Split } {
  if (trainer.kind !== 'mlp' || trainer.split === undefined) return {};
  return { split: { ...trainer.split, seed: trainer.split.seed ?? seed } };
}

/** A grid's levels may name only parameters that are still searched. */
function samplerFor(sampler: SearchSpec['sampler'], space: Draft['space']): SearchSpec['sampler'] {
  if (sampler.kind !== 'grid' || typeof sampler.levels === 'number') return sampler;
  const levels = Object.fromEntries(Object.entries(sampler.levels).filter(([name]) => Object.hasOwn(space, name)));
  return { ...sampler, levels };
}

/** Rungs end where trials do: by the new number of epochs, if that is another. */
function schedulerFor({ scheduler, space, trainer }: SearchSpec, draft: Draft): SearchSpec['scheduler'] {
  const isSame = draft.space['epochs'] === space['epochs'] && draft.params['epochs'] === trainer.params['epochs'];
  if (scheduler.kind === 'fifo' || isSame) return scheduler;
  const { maxResource: _, ...rest } = scheduler;
  if (rest.kind !== 'median' && rest.kind !== 'pbt') return rest;
  const { interval: __, ...others } = rest;
  return others;
}

/** Population based training turns parameters on the way: one of them at least must be searched. */
function keepChangeable(draft: Draft): void {
  const changeable = findTrainer('mlp')?.parameters.filter((parameter) => parameter.changeable === true) ?? [];
  if (changeable.some(({ name }) => draft.space[name] !== undefined)) return;
  search(draft, 'learningRate', { kind: 'float', min: 1e-4, max: 0.1, scale: 'log' });
}

function bestParams(trials: readonly JudgedTrial[], direction: 'minimize' | 'maximize'): Params | undefined {
  const sign = direction === 'minimize' ? 1 : -1;
  const ranked = trials.filter(({ value }) => value !== null).sort((a, b) => sign * (a.value! - b.value!));
  return ranked[0]?.params;
}

function againstBias(draft: Draft, best: Params, { recipe, verdict }: Diagnosis): void {
  const asks = (kind: RecipeStep['kind']) => recipe.some((step) => step.kind === kind);
  if (asks('vanishing-gradients') || asks('revive-units')) letGradientsThrough(draft, best);
  if (asks('bigger-network')) {
    if (hasNoLayer(draft, best)) addLayers(draft);
    else grow(draft, { name: 'hiddenUnits', otherwise: 64, best, factor: 4 });
  }
  if (asks('train-longer')) {
    grow(draft, { name: 'epochs', otherwise: 10, best, factor: 3 });
  }
  searchLearningRate(draft);
  if (draft.space['optimizer'] === undefined && (draft.params['optimizer'] ?? 'adam') !== 'adam') {
    delete draft.params['optimizer'];
    draft.space['optimizer'] = { kind: 'categorical', choices: ['momentum', 'rmsprop', 'adam'] };
    draft.changes.push('optimizer: searched among momentum, rmsprop and adam');
  }
  // What holds the variance down as well, or may not be what holds the bias up, is searched downwards, or left to the sampler.
  const isInDoubt = verdict === 'high-bias-and-variance' || asks('more-patience');
  if (isInDoubt) regularizeLess(draft);
  else stopRegularizing(draft);
}

/** Alpha is what needs to be tuned first (seed 2.5, 3.2). */
function searchLearningRate(draft: Draft): void {
  const { learningRate = 0.001 } = draft.params;
  if (typeof learningRate !== 'number') return;
  const [min, max] = [Math.min(1e-4, learningRate), Math.max(0.1, learningRate)];
  search(draft, 'learningRate', { kind: 'float', min, max, scale: 'log' });
}

/** Less than this holds nothing down. */
const LEAST_LAMBDA = 1e-12;

function regularizeLess(draft: Draft): void {
  for (const name of ['l2', 'l1'] as const) {
    const value = draft.params[name];
    if (typeof value !== 'number' || value < LEAST_LAMBDA) continue;
    search(draft, name, { kind: 'float', min: value / 1000, max: value, scale: 'log' });
  }
  for (const name of ['keepProb', 'inputKeepProb'] as const) {
    const value = draft.params[name];
    if (typeof value !== 'number' || value === 1) continue;
    search(draft, name, { kind: 'float', min: value, max: 1, scale: 'linear' });
  }
}

function stopRegularizing(draft: Draft): void {
  for (const name of ['l2', 'l1'] as const) {
    if (isParent(draft, name) || (draft.space[name] === undefined && (draft.params[name] ?? 0) === 0)) continue;
    delete draft.space[name];
    draft.params[name] = 0;
    draft.changes.push(`${name}: 0, because even the training set is not fitted`);
  }
  for (const name of ['keepProb', 'inputKeepProb'] as const) {
    if (isParent(draft, name) || (draft.space[name] === undefined && (draft.params[name] ?? 1) === 1)) continue;
    delete draft.space[name];
    draft.params[name] = 1;
    draft.changes.push(`${name}: 1, because even the training set is not fitted`);
  }
}

/** Batch norm, another activation and first weights that fit it (seed 1.8, 3.4), wherever the search had none of its own. */
function letGradientsThrough(draft: Draft, best: Params): void {
  const { params, space } = draft;
  const batch = space['batchSize'];
  // One example has no variance.
  const mayBeOne = batch === undefined ? params['batchSize'] === 1 : batch.kind === 'categorical' || batch.min === 1;
  if (!mayBeOne) search(draft, 'batchNorm', { kind: 'categorical', choices: [true, false] });
  const activation = best['activation'] ?? params['activation'] ?? 'relu';
  if (typeof activation === 'string') {
    const other = activation === 'relu' ? 'leakyRelu' : 'relu';
    search(draft, 'activation', { kind: 'categorical', choices: [activation, other] });
  }
  for (const name of ['initialization', 'initScale']) {
    if (params[name] === undefined || space[name] !== undefined) continue;
    delete params[name];
    draft.changes.push(`${name}: left to its default, which fits the activation`);
  }
}

function hasNoLayer({ params }: Draft, best: Params): boolean {
  const units = best['hiddenUnits'] ?? params['hiddenUnits'];
  return Array.isArray(units) ? units.length === 0 : (best['hiddenLayers'] ?? params['hiddenLayers']) === 0;
}

/** A network without a hidden layer, logistic regression, is not made bigger by more units in each. */
function addLayers(draft: Draft): void {
  if (isParent(draft, 'hiddenLayers') || isParent(draft, 'hiddenUnits')) return;
  for (const name of ['hiddenLayers', 'hiddenUnits']) delete draft.params[name];
  draft.space['hiddenLayers'] = { kind: 'int', min: 1, max: 2, scale: 'linear' };
  draft.space['hiddenUnits'] = { kind: 'int', min: 16, max: 256, scale: 'log' };
  draft.changes.push('hiddenLayers, hiddenUnits: one or two layers of 16 to 256, where there was none');
}

function againstVariance(draft: Draft, isImage: boolean): void {
  search(draft, 'l2', { kind: 'float', min: 0.01, max: 100, scale: 'log' });
  if (!Array.isArray(draft.params['keepProb'])) {
    search(draft, 'keepProb', { kind: 'float', min: 0.5, max: 1, scale: 'linear' });
  }
  if (isImage && findTrainer('mlp')?.parameters.some(({ name }) => name === 'augmentation')) {
    search(draft, 'augmentation', { kind: 'categorical', choices: ['none', 'shift', 'rotate', ['shift', 'rotate']] });
  }
  stopEarly(draft);
}

function stopEarly(draft: Draft): void {
  if (draft.space['earlyStopping'] !== undefined || draft.params['earlyStopping'] === true) return;
  draft.params['earlyStopping'] = true;
  draft.changes.push('earlyStopping: on');
}
