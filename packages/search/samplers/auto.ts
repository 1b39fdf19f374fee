import type { SamplerSpec, SearchSpec } from '@caviar/spec';
import { cardinality } from '../space/cardinality.js';
import { compileSpace } from '../space/compile-space.js';

/** The settings of a sampler that is one itself. */
export type NamedSampler = Exclude<SamplerSpec, { kind: 'auto' }>;

/** A sampler, and why it was picked. */
export interface Picked {
  readonly sampler: NamedSampler;
  /** The end of a sentence "picked ..., as ..."; null where the spec names the sampler itself. */
  readonly reason: string | null;
}

/** Trials too few to learn from while they last. */
const TINY_BUDGET = 10;

/** What a Gaussian process is good for: its cost grows with the cube of the trials, and distances blur in many dimensions. */
const GP_TRIALS = 200;
const GP_PARAMETERS = 20;

/** Objectives that models are better at than generations are. */
const MODELLED_OBJECTIVES = 3;

/** Trials that CMA-ES needs for a float to come closer than others do; it converges in one and a half to five times as many. */
const CMA_TRIALS_PER_FLOAT = 200;

const kept = new WeakMap<SearchSpec, Picked>();

/**
 * The sampler of a spec: its own, or, for `auto`, the one that suits its space, its number of trials and how many of
 * them run at once. It follows from the spec alone; a change of the spec may change it.
 */
export function pickSampler(spec: SearchSpec): Picked {
  if (spec.sampler.kind !== 'auto') return { sampler: spec.sampler, reason: null };
  const known = kept.get(spec);
  if (known !== undefined) return known;
  const picked = pick(spec);
  kept.set(spec, picked);
  return picked;
}

function pick({ space, stop, parallelism, scheduler, objectives, warmStart }: SearchSpec): Picked {
  const { maxTrials = Number.POSITIVE_INFINITY } = stop;
  const size = countOf(space);
  if (size <= maxTrials && size <= 1e7 && warmStart === undefined) {
    const counts = compileSpace(space).parameters.map(({ unit }) => unit.count);
    const sampler: NamedSampler = { kind: 'grid', levels: Math.max(1, ...counts) };
    return { sampler, reason: `the space has no more than ${size} configurations, and all can be tried` };
  }
  if (maxTrials <= TINY_BUDGET && warmStart === undefined) {
    return { sampler: { kind: 'sobol' }, reason: `${maxTrials} trials are too few to learn from` };
  }
  if (parallelism >= maxTrials && warmStart === undefined) {
    return { sampler: { kind: 'sobol' }, reason: `all ${maxTrials} trials may run at once` };
  }
  const { parameters, floats } = shapeOf(space);
  const all = `${parameters} ${parameters === 1 ? 'parameter' : 'parameters'}`;
  if (objectives !== undefined) {
    return pickForSeveral({ maxTrials, parameters, objectives: objectives.length, isFifo: scheduler.kind === 'fifo' });
  }
  if (scheduler.kind === 'fifo' && maxTrials <= GP_TRIALS && parameters <= GP_PARAMETERS) {
    return { sampler: { kind: 'gp', startup: 10 }, reason: `a model of ${all} makes the most of ${maxTrials} trials` };
  }
  const isLong =
    Number.isFinite(maxTrials) && maxTrials >= CMA_TRIALS_PER_FLOAT * parameters && maxTrials >= 50 * parallelism;
  if (scheduler.kind === 'fifo' && floats === parameters && floats > 1 && isLong) {
    return { sampler: { kind: 'cma-es' }, reason: `${maxTrials} trials are enough to converge on ${floats} floats` };
  }
  const sampler: NamedSampler = { kind: 'tpe', startup: 10, candidates: 24 };
  return { sampler, reason: `it learns from any number of trials of ${all}` };
}

function pickForSeveral({
  maxTrials,
  parameters,
  objectives,
  isFifo,
}: {
  readonly maxTrials: number;
  readonly parameters: number;
  readonly objectives: number;
  readonly isFifo: boolean;
}): Picked {
  const isShort = maxTrials <= GP_TRIALS && objectives <= MODELLED_OBJECTIVES;
  if (isFifo && isShort && parameters <= GP_PARAMETERS) {
    const reason = `a model of each of ${objectives} objectives makes the most of ${maxTrials} trials`;
    return { sampler: { kind: 'gp', startup: 10 }, reason };
  }
  if (isShort) {
    const reason = `it learns from few trials of ${objectives} objectives`;
    return { sampler: { kind: 'tpe', startup: 10, candidates: 24 }, reason };
  }
  const reason = `it trades ${objectives} objectives off against each other over many trials`;
  return { sampler: { kind: 'nsga2', population: 24 }, reason };
}

/** Parameters with more than one value; and the floats without step and conditions among them. */
function shapeOf(space: SearchSpec['space']): { readonly parameters: number; readonly floats: number } {
  const several = compileSpace(space).parameters.filter(({ unit }) => unit.count > 1);
  const floats = several.filter(({ unit, conditions }) => !Number.isFinite(unit.count) && conditions.length === 0);
  return { parameters: several.length, floats: floats.length };
}

/** Infinity also where conditions are so entangled that configurations cannot be counted. */
function countOf(space: SearchSpec['space']): number {
  try {
    return cardinality(space);
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}
