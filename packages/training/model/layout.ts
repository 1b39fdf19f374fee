import type { ArenaPlan } from '../engine/arena.js';
import type { Activation, PanelWidth } from '../engine/kernels.js';
import type { Head } from '../loss/head.js';
import { hasSparseGradient } from './sparsity.js';

/** What a network is made of. */
export interface NetworkShape {
  /** Inputs, units of every hidden layer, outputs. */
  readonly sizes: readonly number[];
  readonly activation: Activation;
  readonly head: Head;
  /** Probability of keeping a unit, per hidden layer. */
  readonly keepProbs: readonly number[];
  readonly inputKeepProb: number;
  /** Batch norm in every hidden layer, between z and the activation; it takes the place of the bias. */
  readonly batchNorm: boolean;
}

/** Where a layer's batch norm has its numbers: one per unit each. */
export interface BatchNormLayout {
  /** Offsets into the parameters. */
  readonly gamma: number;
  readonly beta: number;
  /** Arena offsets of the running averages. */
  readonly mean: number;
  readonly variance: number;
  /** 1 / sigma of the last batch, kept for the backward pass. */
  readonly inverse: number;
  /** At test time it is one multiplication and one addition. */
  readonly scale: number;
  readonly shift: number;
}

/** Panels of a layer's transposed weights that are made and used at once. */
export interface TransposedPart {
  /** Number of the first one. */
  readonly panel: number;
  readonly panels: number;
  /** Rows of the weights that they hold. */
  readonly depth: number;
  /** Arena offset of their scratch. Parts share it, but for a last panel that is not full: its padding must stay 0. */
  readonly scratch: number;
}

/** Where one dense layer's numbers lie. Matrices are in column panels, see `engine/kernels.ts`. */
export interface LayerLayout {
  /** Units going in and out. */
  readonly inSize: number;
  readonly outSize: number;
  readonly inPanels: number;
  readonly outPanels: number;
  readonly outWidth: PanelWidth;
  /** Rows of the weights: `inSize` padded to a multiple of 4. */
  readonly depth: number;
  /** The depth again, as full panels of the input and a rest. */
  readonly fullPanels: number;
  readonly tail: number;
  /** Null for the output layer, whose activation belongs to the loss. */
  readonly activation: Activation | null;
  readonly keepProb: number;
  /** Offsets into the parameters: add `parameters`, `gradients`, ... of the network. */
  readonly weights: number;
  /** Null under batch norm, whose beta does the same. */
  readonly bias: number | null;
  readonly batchNorm: BatchNormLayout | null;
  /** Arena offsets. Input as the layer sees it in training (after dropout) and otherwise; the same without dropout. */
  readonly input: number;
  readonly plainInput: number;
  /** The product; the same as `output` without batch norm, which keeps zhat there. */
  readonly z: number;
  /** After the activation; logits for the output layer. */
  readonly output: number;
  /** After dropout; the same as `output` where there is none, and for relu, where it works in place. */
  readonly dropped: number;
  /** Gradients of the loss by this layer's input (0 for the first layer, which needs none) and output. */
  readonly dInput: number;
  readonly dOutput: number;
  /** How the weights are transposed: some panels at once, as many as stay in the cache; none for the first layer. */
  readonly transposed: readonly TransposedPart[];
}

/** Where a network's numbers lie. */
export interface NetworkLayout {
  readonly shape: NetworkShape;
  readonly layers: readonly LayerLayout[];
  /** Examples that a forward pass takes at most. */
  readonly capacity: number;
  /** Offset of the network's input, [capacity, inputs], and of the input after its dropout (the same region). */
  readonly input: number;
  /** Four regions of `parameterCount` elements with the same inner layout: all weights first, then all biases. */
  readonly parameters: number;
  readonly gradients: number;
  readonly firstMoments: number;
  readonly secondMoments: number;
  readonly parameterCount: number;
  /** Leading elements of the parameters that are weights: what L1 and L2 apply to. */
  readonly weightCount: number;
  /** The running averages of all layers. */
  readonly statistics: number;
  readonly statisticsCount: number;
}

export interface LayoutOptions {
  readonly capacity: number;
  readonly moments: { readonly m: boolean; readonly v: boolean };
}

const INPUT_WIDTH = 16;

/**
 * Elements of the transposed weights that are made and used at once: an eighth of the second cache; more where each use first
 * looks for the zeros of a gradient.
 */
const TRANSPOSED_AT_ONCE = { dense: 32_768, sparse: 131_072 } as const;

/** Reserves a network's memory. */
export function planNetwork(plan: ArenaPlan, shape: NetworkShape, options: LayoutOptions): NetworkLayout {
  const capacity = roundUp(options.capacity, 4);
  const { sizes } = shape;
  const last = sizes.length - 2;

  let used = 0;
  const parameter = (length: number): number => {
    const offset = used;
    used += roundUp(length, 16);
    return offset;
  };
  const weights = sizes.slice(1).map((outSize, l) => {
    const { width, panels } = panelsOf(outSize, l === last);
    return parameter(panels * roundUp(sizes[l]!, 4) * width);
  });
  const weightCount = used;
  const units = (l: number): number => {
    const { width, panels } = panelsOf(sizes[l + 1]!, l === last);
    return panels * width;
  };
  const normalised = (l: number): boolean => shape.batchNorm && l < last;
  const biases = weights.map((_, l) => parameter(units(l)));
  const gammas = weights.map((_, l) => (normalised(l) ? parameter(units(l)) : 0));
  const parameterCount = used;
  const parameters = plan.reserve(parameterCount);
  const gradients = plan.reserve(parameterCount);
  const firstMoments = options.moments.m ? plan.reserve(parameterCount) : 0;
  const secondMoments = options.moments.v ? plan.reserve(parameterCount) : 0;

  const statisticsCount = weights.reduce((sum, _, l) => sum + (normalised(l) ? 2 * units(l) : 0), 0);
  const statistics = plan.reserve(statisticsCount);
  let statisticsUsed = 0;
  const statistic = (l: number): number => {
    statisticsUsed += units(l);
    return statistics + statisticsUsed - units(l);
  };

  const input = plan.reserve(capacity * panelsOf(sizes[0]!, false).panels * INPUT_WIDTH);
  const layers: LayerLayout[] = [];
  for (let l = 0; l <= last; l++) {
    const before = layers[l - 1];
    const { width, panels } = panelsOf(sizes[l + 1]!, l === last);
    const inPanels = panelsOf(sizes[l]!, false).panels;
    const activation = l === last ? null : shape.activation;
    const keepProb = l === last ? 1 : shape.keepProbs[l]!;
    const region = capacity * panels * width;
    const output = plan.reserve(region);
    const batchNorm = normalised(l)
      ? {
          gamma: gammas[l]!,
          beta: biases[l]!,
          mean: statistic(l),
          variance: statistic(l),
          inverse: plan.reserve(units(l)),
          scale: plan.reserve(units(l)),
          shift: plan.reserve(units(l)),
        }
      : null;
    layers.push({
      inSize: sizes[l]!,
      outSize: sizes[l + 1]!,
      inPanels,
      outPanels: panels,
      outWidth: width,
      depth: roundUp(sizes[l]!, 4),
      fullPanels: sizes[l]! >> 4,
      tail: roundUp(sizes[l]! & 15, 4),
      activation,
      keepProb,
      weights: weights[l]!,
      bias: batchNorm === null ? biases[l]! : null,
      batchNorm,
      input: before?.dropped ?? input,
      plainInput: before?.output ?? input,
      z: batchNorm === null ? output : plan.reserve(region),
      output,
      dropped: keepProb < 1 && shape.activation !== 'relu' ? plan.reserve(region) : output,
      dInput: before?.dOutput ?? 0,
      dOutput: plan.reserve(region),
      transposed:
        before === undefined
          ? []
          : planTransposed(plan, {
              depth: roundUp(sizes[l]!, 4),
              panelSize: panels * width * INPUT_WIDTH,
              elements: TRANSPOSED_AT_ONCE[hasSparseGradient({ activation, keepProb, batchNorm }) ? 'sparse' : 'dense'],
            }),
    });
  }
  return {
    shape,
    layers,
    capacity,
    input,
    parameters,
    gradients,
    firstMoments,
    secondMoments,
    parameterCount,
    weightCount,
    statistics,
    statisticsCount,
  };
}

function planTransposed(
  plan: ArenaPlan,
  { depth, panelSize, elements }: { readonly depth: number; readonly panelSize: number; readonly elements: number },
): TransposedPart[] {
  const panels = Math.ceil(depth / INPUT_WIDTH);
  const atOnce = Math.max(1, Math.floor(elements / panelSize));
  if (panels <= atOnce) return [{ panel: 0, panels, depth, scratch: plan.reserve(panels * panelSize) }];
  const full = Math.floor(depth / INPUT_WIDTH);
  const shared = plan.reserve(atOnce * panelSize);
  const parts: TransposedPart[] = [];
  for (let panel = 0; panel < full; panel += atOnce) {
    const now = Math.min(atOnce, full - panel);
    parts.push({ panel, panels: now, depth: now * INPUT_WIDTH, scratch: shared });
  }
  const rest = depth - full * INPUT_WIDTH;
  if (rest > 0) parts.push({ panel: full, panels: 1, depth: rest, scratch: plan.reserve(panelSize) });
  return parts;
}

/** Offset within the parameters of the weight from input unit `i` to output unit `o`. */
export function weightAt({ weights, depth, outWidth }: LayerLayout, i: number, o: number): number {
  return weights + Math.floor(o / outWidth) * depth * outWidth + i * outWidth + (o % outWidth);
}

/** Panels of a matrix with `size` columns. Only the output layer, never an input, may have narrow ones. */
export function panelsOf(size: number, isOutput: boolean): { readonly width: PanelWidth; readonly panels: number } {
  const width = isOutput && size <= 4 ? 4 : 16;
  return { width, panels: Math.ceil(size / width) };
}

export function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple;
}
