import { stream } from '@caviar/numerics';
import { findTrainer, type Params, type ParamValue, type SearchSpec, sameParamValue } from '@caviar/spec';
import type { Suggestion } from './samplers/sampler.js';
import { assemble, type CompiledParameter, compileSpace } from './space/compile-space.js';

/** A trial whose checkpoint another one begins with. */
interface Parent {
  readonly number: number;
  readonly params: Params;
}

/**
 * Params of a trial that begins with another's checkpoint (Jaderberg et al., 2017, "explore"): each parameter that may
 * change in the middle of training is multiplied by a random factor of the scheduler's, or drawn anew; the others are
 * the parent's. Depends on the arguments alone.
 */
export function exploreParams(spec: SearchSpec, parent: Parent, number: number): Suggestion {
  const { scheduler } = spec;
  if (scheduler.kind !== 'pbt') throw new TypeError(`the scheduler ${scheduler.kind} makes no trials out of others`);
  const space = compileSpace(spec.space);
  const changeable = new Set(
    findTrainer(spec.trainer.kind)?.parameters.flatMap(({ name, changeable }) => (changeable ? [name] : [])),
  );
  const changed: string[] = [];
  const params = assemble(space, (i) => {
    const parameter = space.parameters[i]!;
    const { name, unit } = parameter;
    const random = stream(spec.seed, 'explore', name, number);
    const draw = { resample: random.uniform(), factor: random.uniform(), value: random.uniform() };
    const value = parent.params[name];
    if (value === undefined) return unit.fromUnit(draw.value);
    if (!changeable.has(name)) return value;
    const factor = scheduler.factors[Math.floor(draw.factor * scheduler.factors.length)]!;
    const next = draw.resample < scheduler.resample ? unit.fromUnit(draw.value) : scaled(parameter, value, factor);
    if (!sameParamValue(next, value)) changed.push(name);
    return next;
  });
  const what = changed.length === 0 ? 'nothing changed' : `${changed.join(', ')} changed`;
  return { number, params, round: null, proposal: `Goes on from trial ${parent.number} with ${what}.` };
}

/** A number times a factor (its distance to 1 on `oneMinusLog`), within its domain and on its grid; choices stay. */
function scaled({ domain, unit }: CompiledParameter, value: ParamValue, factor: number): ParamValue {
  if (domain.kind === 'categorical' || typeof value !== 'number') return value;
  const moved = domain.scale === 'oneMinusLog' ? 1 - (1 - value) * factor : value * factor;
  const inside = (x: number) => Math.min(domain.max, Math.max(domain.min, x));
  const onGrid = unit.fromUnit(unit.toUnit(inside(domain.kind === 'int' ? Math.round(moved) : moved)));
  if (onGrid !== value || domain.kind !== 'int' || factor === 1) return onGrid;
  // a small integer does not change when it is multiplied
  return unit.fromUnit(unit.toUnit(inside(value + Math.sign(factor - 1) * (domain.step ?? 1))));
}
