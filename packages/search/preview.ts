import { histogram } from '@caviar/numerics';
import { findTrainer, type Params, type ParamValue, type Scale, type SearchSpec, sameParamValue } from '@caviar/spec';
import { INITIAL_STATE, planSearch, type SearchPlan, samplerFor } from './plan-search.js';
import { previewRungs, type RungPreview } from './preview-rungs.js';
import { pickSampler } from './samplers/auto.js';
import { cardinality } from './space/cardinality.js';
import { type CompiledParameter, compileSpace } from './space/compile-space.js';
import { prepareSearch } from './suggest.js';

/** Draws that the histograms are made of. */
export const PREVIEW_DRAWS = 1000;

const BINS = 20;

/** How the values of one parameter spread over the draws in which it is active. */
export type Histogram =
  /** Bin i is [edges[i], edges[i + 1]), the last one closed; bins are even on the scale. */
  | {
      readonly kind: 'bins';
      readonly scale: Scale;
      readonly edges: readonly number[];
      readonly counts: readonly number[];
    }
  | { readonly kind: 'values'; readonly values: readonly ParamValue[]; readonly counts: readonly number[] };

export interface ParameterPreview {
  readonly name: string;
  /** Share of the draws in which the parameter is active: 1 without conditions. */
  readonly activeShare: number;
  readonly histogram: Histogram;
}

/** What a search would do, before anything runs or is stored. */
export interface SearchPreview {
  readonly plan: SearchPlan;
  /** Epochs, where the trainer has them: the mean over the draws, and of all trials together (null without a number of trials). */
  readonly epochs: { readonly perTrial: number; readonly total: number | null } | null;
  /** How many trials train to which step, by step; empty for schedulers without rungs. An estimate where results decide. */
  readonly rungs: readonly RungPreview[];
  /** Distinct configurations of the space; null when there are more than can be counted. */
  readonly configurations: number | null;
  /** Number of draws below: `PREVIEW_DRAWS`, or all trials of a smaller grid. */
  readonly draws: number;
  readonly parameters: readonly ParameterPreview[];
}

/** Plans a search and draws from it. Adaptive samplers are shown as they begin. */
export function previewSearch(spec: SearchSpec): SearchPreview {
  const plan = planSearch(spec);
  const draws = previewDraws(spec, plan);
  const scheduled = previewRungs(spec, plan);
  const configurations = cardinality(spec.space);
  return {
    plan,
    epochs: scheduled?.epochs ?? epochsOf(spec, plan, draws),
    rungs: scheduled?.rungs ?? [],
    configurations: Number.isSafeInteger(configurations) ? configurations : null,
    draws: draws.length,
    parameters: compileSpace(spec.space).parameters.map((parameter) => parameterPreview(spec, parameter, draws)),
  };
}

function previewDraws(spec: SearchSpec, plan: SearchPlan): Params[] {
  const { sampler, problem } = samplerFor(spec, INITIAL_STATE);
  const drawn = { ...spec, sampler: sampler.previewAs?.(problem.sampler) ?? problem.sampler };
  const { propose } = prepareSearch(drawn);
  if (sampler.size === undefined) return Array.from({ length: PREVIEW_DRAWS }, (_, n) => propose(n).params);
  // An enumeration is shown by trials spread evenly over it: its first thousand may differ in the last parameter only.
  const total = plan.totalTrials ?? sampler.size(problem);
  const count = Math.min(total, PREVIEW_DRAWS);
  return Array.from({ length: count }, (_, i) => propose(Math.floor((i / count) * total)).params);
}

function parameterPreview(spec: SearchSpec, parameter: CompiledParameter, draws: readonly Params[]): ParameterPreview {
  const { name } = parameter;
  const values = draws.flatMap((params) => (Object.hasOwn(params, name) ? [params[name]!] : []));
  return {
    name,
    activeShare: draws.length === 0 ? 0 : values.length / draws.length,
    histogram: histogramOf(parameter, values, pickSampler(spec).sampler.kind === 'grid'),
  };
}

function histogramOf(
  { domain, unit }: CompiledParameter,
  values: readonly ParamValue[],
  enumerated: boolean,
): Histogram {
  if (domain.kind === 'categorical') return countValues(domain.choices, values);
  const numbers = values.map(Number).sort((a, b) => a - b);
  if (enumerated) return countValues([...new Set(numbers)], numbers);
  if (unit.count <= BINS) return countValues(unit.spread(BINS), numbers);
  const edges = unit.spread(BINS + 1).map(Number);
  return { kind: 'bins', scale: domain.scale, edges, counts: histogram(numbers, edges) };
}

function countValues(values: readonly ParamValue[], drawn: readonly ParamValue[]): Histogram {
  const counts = values.map((value) => drawn.filter((one) => sameParamValue(one, value)).length);
  return { kind: 'values', values, counts };
}

function epochsOf(spec: SearchSpec, plan: SearchPlan, draws: readonly Params[]): SearchPreview['epochs'] {
  const parameter = findTrainer(spec.trainer.kind)?.parameters.find(({ name }) => name === 'epochs');
  if (parameter === undefined || draws.length === 0) return null;
  const fixed = spec.trainer.params['epochs'] ?? parameter.default;
  let sum = 0;
  for (const params of draws) sum += Number(params['epochs'] ?? fixed);
  const perTrial = sum / draws.length;
  return { perTrial, total: plan.totalTrials === null ? null : Math.round(perTrial * plan.totalTrials) };
}
