import { type StreamKey, streamKey, uniformAt } from '@caviar/numerics';
import type { SamplerSpec } from '@caviar/spec';
import { assemble, type CompiledSpace } from '../space/compile-space.js';
import { drawAnew } from './draw-anew.js';
import type { DrawingSampler } from './sampler.js';

const PROPOSAL = 'Drawn at random from the whole space';

/** Every parameter drawn independently from its domain (Bergstra and Bengio, JMLR 13, 2012; seed 3.1). */
export const randomSampler: DrawingSampler<Extract<SamplerSpec, { kind: 'random' }>> = {
  kind: 'random',
  prepare: (problem) => {
    const { spec, space } = problem;
    const draw = randomDraw(space, spec.seed);
    const drawNew = drawAnew(problem, (number) => ({ params: draw(number), region: space }));
    if (drawNew === null) {
      return (number) => ({ number, params: draw(number), round: null, proposal: `${PROPOSAL}.` });
    }
    return (number) => {
      const { params, note } = drawNew(number);
      return { number, params, round: null, proposal: `${PROPOSAL}${note}.` };
    };
  },
};

/**
 * Params of a trial number, drawn from the space. Each parameter has a stream of its own, keyed by its name: to add,
 * remove or reorder parameters does not change the draws of the others.
 */
export function randomDraw(space: CompiledSpace, seed: number): (number: number) => ReturnType<typeof assemble> {
  const keys: readonly StreamKey[] = space.parameters.map(({ name }) => streamKey(seed, 'random', name));
  const { parameters } = space;
  return (number) => assemble(space, (i) => parameters[i]!.unit.fromUnit(uniformAt(keys[i]!, number)));
}
