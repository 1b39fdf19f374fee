import type { Stream } from '@caviar/numerics';
import type { Workspace } from '../engine/kernels.js';
import { type NetworkLayout, weightAt } from './layout.js';

/** `he`: Var(w) = 2 / n_in, for relu; `xavier`: 1 / n_in (seed 1.8); `auto` takes he for relu and xavier otherwise. */
export type Initialization = 'auto' | 'he' | 'xavier';

/** Makes exp of a unit that is only padding zero: such a unit has no probability and no gradient. */
const UNUSED = -1e30;

/** Draws the weights (normal, mean 0), layer by layer, input unit by input unit; biases are 0. */
export function initialize(
  { floats }: Workspace,
  { layers, parameters, shape }: NetworkLayout,
  { initialization, random }: { readonly initialization: Initialization; readonly random: Stream },
): void {
  const numerator = initialization === 'he' || (initialization === 'auto' && shape.activation === 'relu') ? 2 : 1;
  layers.forEach((layer, l) => {
    const draws = random.split(l);
    const sigma = Math.sqrt(numerator / layer.inSize);
    for (let i = 0; i < layer.inSize; i++) {
      for (let o = 0; o < layer.outSize; o++) floats[parameters + weightAt(layer, i, o)] = sigma * draws.normal();
    }
    const isOutput = layer.activation === null;
    if ((isOutput && shape.head === 'softmax') || layer.activation === 'sigmoid') {
      const bias = parameters + layer.bias;
      floats.fill(UNUSED, bias + layer.outSize, bias + layer.outPanels * layer.outWidth);
    }
  });
}
