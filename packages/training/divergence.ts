import type { Setup } from './setup.js';

/** Says in which epoch the loss ceased to be finite, and in which layer the numbers did (seed 1.8). */
export function nameDivergence({ workspace, layout }: Setup, epoch: number): string {
  const broken = (offset: number, length: number) =>
    workspace.floats.subarray(offset, offset + length).some((x) => !Number.isFinite(x));
  const message = `diverged: the loss is not finite in epoch ${epoch}`;
  for (const [l, layer] of layout.layers.entries()) {
    const weights = layout.parameters + layer.weights;
    if (broken(weights, layer.depth * layer.outPanels * layer.outWidth)) {
      return `${message}, nor are the weights of layer ${l + 1}`;
    }
    const length = layout.capacity * layer.outPanels * layer.outWidth;
    if (broken(layer.z, length) || broken(layer.output, length)) {
      return `${message}, nor are the outputs of layer ${l + 1}`;
    }
  }
  return `${message}: the outputs of layer ${layout.layers.length} are too far from the targets`;
}
