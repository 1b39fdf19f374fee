import type { Domain, Params, ParamValue, SamplerSpec, SearchSpace } from '@caviar/spec';
import { type RankedTrial, rankTrials, type TrialRecord } from '../history.js';
import { withoutImpossible } from '../space/clip.js';
import type { CompiledSpace } from '../space/compile-space.js';
import { zoomDomain } from '../space/zoom.js';
import { zoomFactor } from '../space/zoom-factor.js';
import type { SamplerProblem } from './sampler.js';

type Problem = SamplerProblem<Extract<SamplerSpec, { kind: 'coarse-to-fine' }>>;

export interface Region {
  readonly region: SearchSpace;
  /** Why it is what it is, in one sentence. */
  readonly reason: string;
}

/**
 * The region of the next round: around the best share of the completed trials, parameter by parameter.
 *
 * @param before region of the round before, within the space
 * @param history all trials of the rounds before, in any order
 */
export function decideRegion(problem: Problem, before: SearchSpace, history: readonly TrialRecord[]): Region {
  const { spec, sampler, space } = problem;
  const ranked = rankTrials(history, spec.objective.direction).filter(({ params }) => fits(space, params));
  const best = ranked[0];
  if (best === undefined) {
    const reason = `None of the ${history.length} trials so far gave a value to go by, so the region stays as it was.`;
    return { region: before, reason };
  }
  const top = ranked.slice(0, Math.max(1, Math.ceil(sampler.top * ranked.length)));

  const region: Record<string, Domain> = {};
  const beyond: string[] = [];
  const widened: string[] = [];
  const narrowed: string[] = [];
  const factors: number[] = [];
  for (const { name, domain } of space.parameters) {
    const former = Object.hasOwn(before, name) ? withConditions(before[name]!, domain) : undefined;
    const values = valuesOf(name, top);
    // None of the best trials has this parameter: nothing is known of it, so it stays.
    const factor =
      values.length === 0
        ? null
        : zoomFactor({ domain, region: former ?? domain, top: values, shrink: sampler.shrink });
    const next =
      factor === null ? (former ?? domain) : zoomDomain({ domain, region: former ?? domain, top: values, factor });
    region[name] = next;
    if (former === undefined) continue;
    if (factor !== null && factor > 1) widened.push(name);
    else if (reachesBeyond(next, former)) beyond.push(name);
    if (factor !== null && factor <= 1 && domain.kind !== 'categorical') factors.push(factor);
    if (next.kind === 'categorical' && former.kind === 'categorical' && next.choices.length < former.choices.length) {
      narrowed.push(`${name} keeps ${next.choices.map((choice) => JSON.stringify(choice)).join(', ')}`);
    }
  }
  const value = spec.objective.direction === 'maximize' ? 0 - best.cost : best.cost;
  const share = top.length === 1 ? 'the best' : `the best ${top.length}`;
  const by = spec.objectives === undefined ? `with ${spec.objective.metric} ${shortly(value)}` : 'by domination';
  const but = best.violation > 0 ? ', the least far from keeping the constraints' : '';
  const clauses = [
    `Around ${share} of ${ranked.length} completed trials (trial ${best.number} leads ${by}${but}), ${widths(factors)}`,
    ...narrowed,
    ...(widened.length === 0
      ? []
      : [`${widened.join(', ')} ${widened.length === 1 ? 'widens' : 'widen'} again, as the best lie on the border`]),
    ...(beyond.length === 0
      ? []
      : [
          `${beyond.join(', ')} ${beyond.length === 1 ? 'reaches' : 'reach'} beyond the region before, near whose border the best values lie`,
        ]),
  ];
  return { region: withoutImpossible(region), reason: `${clauses.join('; ')}.` };
}

/** Whether a trial says something about the space: what it has of the space's parameters lies within their domains. */
function fits(space: CompiledSpace, params: Params): boolean {
  return space.parameters.every(({ name, unit }) => !Object.hasOwn(params, name) || unit.contains(params[name]!));
}

function valuesOf(name: string, trials: readonly RankedTrial[]): ParamValue[] {
  return trials.flatMap(({ params }) => (Object.hasOwn(params, name) ? [params[name]!] : []));
}

/** The region's part with all the user's conditions: a region leaves out those that its parents cannot meet. */
function withConditions(part: Domain, { when }: Domain): Domain {
  return when === undefined ? part : { ...part, when };
}

function reachesBeyond(next: Domain, former: Domain): boolean {
  if (next.kind === 'categorical' || former.kind === 'categorical') return false;
  return next.min < former.min || next.max > former.max;
}

/** What became of the ranges' widths. */
function widths(factors: readonly number[]): string {
  const least = shortly(Math.min(...factors));
  const most = shortly(Math.max(...factors));
  if (factors.length === 0) return 'as wide as before';
  return `${least === most ? least : `${least} to ${most}`} times as wide on each parameter's own scale`;
}

function shortly(value: number): string {
  return String(Number(value.toPrecision(4)));
}
