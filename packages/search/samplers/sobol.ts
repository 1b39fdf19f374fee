import { sobolAxis, streamKey } from '@caviar/numerics';
import type { Params, SamplerSpec } from '@caviar/spec';
import { assemble, type CompiledSpace } from '../space/compile-space.js';
import { drawAnew } from './draw-anew.js';
import type { DrawingSampler } from './sampler.js';

/** Points of the Owen-scrambled Sobol sequence: they fill the space more evenly than independent ones. */
export const sobolSampler: DrawingSampler<Extract<SamplerSpec, { kind: 'sobol' }>> = {
  kind: 'sobol',
  prepare: (problem) => {
    const { spec, space } = problem;
    const draw = sobolDraw(space, spec.seed);
    const drawNew = drawAnew(problem, (number) => ({ params: draw(number), region: space }));
    return (number) => {
      const { params, note } = drawNew?.(number) ?? { params: draw(number), note: '' };
      const proposal = `Point ${number + 1} of the scrambled Sobol sequence over the whole space${note}.`;
      return { number, params, round: null, proposal };
    };
  },
};

/**
 * Params of a trial number: point `number` of the sequence with one dimension per parameter, taken by name in code-unit
 * order (a store may not keep the order of keys). Conditional parameters keep their dimension where they are inactive.
 *
 * @param names of all parameters that have a dimension; more than the space has where it is a part of another
 */
export function sobolDraw(
  space: CompiledSpace,
  seed: number,
  names: readonly string[] = Object.keys(space.space),
): (number: number) => Params {
  const { parameters } = space;
  const sorted = [...names].sort();
  const axes = parameters.map(({ name }) => sobolAxis(sorted.indexOf(name), streamKey(seed, 'sobol', name)));
  return (number) => assemble(space, (i) => parameters[i]!.unit.fromUnit(axes[i]!(number)));
}
