import { type Stream, stream } from '@caviar/numerics';
import type { Params, ParamValue } from '@caviar/spec';
import { assemble, type CompiledSpace } from '../space/compile-space.js';
import { isPointOf } from '../space/contains.js';
import { configurationKeys, Tried } from '../space/tried.js';
import type { Learner, SamplerProblem } from './sampler.js';

/** Values tried on either side of a parameter's own before another configuration is taken at random. */
const NEIGHBOURS = 8;
const RANDOM_DRAWS = 64;

/** A summary of the learner, and the keys of the configurations that were tried and could come again. */
export interface AnewSummary {
  readonly learner: unknown;
  readonly tried: readonly (number | string)[];
}

/**
 * A learner that does not propose a configuration which has been observed or is pending while there is another: such a
 * proposal moves to the nearest untried configuration that differs in one parameter, or else to any.
 */
export function proposeAnew(
  { space, spec }: Pick<SamplerProblem, 'space' | 'spec'>,
  learn: (summary?: unknown) => Learner,
  summary?: AnewSummary,
): Learner {
  const keys = configurationKeys(space);
  const learner = learn(summary?.learner);
  const tried = keys === null ? null : new Tried(keys, summary?.tried);
  const summarize = (): AnewSummary | null => {
    const known = learner.summarize?.() ?? null;
    return known === null ? null : { learner: known, tried: tried?.all() ?? [] };
  };
  if (keys === null || tried === null) {
    return { observe: (trial) => learner.observe(trial), propose: (...asked) => learner.propose(...asked), summarize };
  }

  return {
    summarize,
    observe: (trial) => {
      learner.observe(trial);
      // What an earlier search tried, of a negative number, this one has not.
      if (trial.number >= 0 && isPointOf(space, trial.params)) tried.add(trial.params);
    },
    propose: (number, pending) => {
      const suggestion = learner.propose(number, pending);
      const waiting = new Tried(keys);
      for (const { params } of pending) if (isPointOf(space, params)) waiting.add(params);
      const isUntried = (params: Params) => !tried.has(params) && !waiting.has(params);
      if (isUntried(suggestion.params)) return suggestion;
      const say = (note: string) => `${suggestion.proposal.slice(0, -1)}; ${note}.`;

      const random = stream(spec.seed, 'nearest untried', number);
      const near = neighbours(space, suggestion.params, random).find(isUntried);
      if (near !== undefined) {
        return { ...suggestion, params: near, proposal: say('as that has been tried, the nearest that has not') };
      }
      const params = anyUntried(random, isUntried, waiting);
      if (params === null) return { ...suggestion, proposal: say('all has been tried, so this is one once more') };
      return { ...suggestion, params, proposal: say('as that has been tried, one that has not') };
    },
  };

  function anyUntried(random: Stream, isUntried: (params: Params) => boolean, waiting: Tried): Params | null {
    for (let draw = 0; draw < RANDOM_DRAWS; draw++) {
      const params = assemble(space, (i) => space.parameters[i]!.unit.fromUnit(random.uniform()));
      if (isUntried(params)) return params;
    }
    const values = tried!.nextUntried(random.uniform(), waiting);
    return values === null ? null : assemble(space, (i) => values[i]!);
  }
}

/**
 * Configurations that differ in one parameter, the nearest first: ranges by the distance on the scale, other choices half
 * a range away. What becomes active is drawn at random.
 */
function neighbours(space: CompiledSpace, params: Params, random: Stream): Params[] {
  const drawn = space.parameters.map(() => 0);
  for (const i of space.order) drawn[i] = random.uniform();
  const withValue = (changed: number, value: ParamValue) =>
    assemble(space, (i) => {
      const { name, unit } = space.parameters[i]!;
      if (i === changed) return value;
      return Object.hasOwn(params, name) ? params[name]! : unit.fromUnit(drawn[i]!);
    });
  const found: { readonly distance: number; readonly params: Params }[] = [];
  for (const changed of space.order) {
    const { name, domain, unit } = space.parameters[changed]!;
    if (!Object.hasOwn(params, name) || !Number.isFinite(unit.count)) continue;
    const own = unit.indexOf(params[name]!);
    const isList = domain.kind === 'categorical';
    const first = isList ? 0 : Math.max(0, own - NEIGHBOURS);
    const last = isList ? unit.count - 1 : Math.min(unit.count - 1, own + NEIGHBOURS);
    for (let k = first; k <= last; k++) {
      if (k === own) continue;
      const value = unit.at(k);
      const distance = isList ? 0.5 : Math.abs(unit.toUnit(value) - unit.toUnit(params[name]!));
      found.push({ distance, params: withValue(changed, value) });
    }
  }
  return found.sort((a, b) => a.distance - b.distance).map((neighbour) => neighbour.params);
}
