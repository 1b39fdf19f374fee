import { nameDivergence } from './divergence.js';
import type { OpenWorkspace } from './engine/kernels.js';
import { openDoubleWorkspace } from './engine/scalar/workspace.js';
import { TrainingInputError, type TrainingJob } from './job.js';
import { type LayerLayout, weightAt } from './model/layout.js';
import { type Batch, batchGradients, batchLoss, penalty } from './objective.js';
import { type Setup, setUp } from './setup.js';
import { Trainer, trainingPass } from './train.js';

/** The notes' three grades (seed 1.9); `wrong` is anything worse than "okay". */
export type GradientVerdict = 'great' | 'okay' | 'wrong';

/** What a check found for one part of a layer's parameters, or for all parameters together. */
export interface GradientComparison {
  /** ||approx - grad|| / (||approx|| + ||grad||); 0 when both are zero. */
  readonly relativeError: number;
  readonly verdict: GradientVerdict;
}

/** Batch norm has gamma and beta in place of the bias. */
export type ParameterPart = 'weights' | 'bias' | 'gamma' | 'beta';

export interface LayerGradientComparison extends GradientComparison {
  /** From 1; the last is the output layer. */
  readonly layer: number;
  readonly part: ParameterPart;
  /** Parameters compared. */
  readonly count: number;
  /** Parameters left out because J has a kink there (a relu at exactly 0): no derivative to compare with. */
  readonly kinks: number;
}

export interface GradientCheck extends GradientComparison {
  readonly layers: readonly LayerGradientComparison[];
  /** Examples in the batch that J was computed on. */
  readonly examples: number;
  /** Epochs of training before the check. */
  readonly epochs: number;
  readonly epsilon: number;
}

export interface GradientCheckOptions {
  /** Epochs to train first: at 0 the check is made at the random initialisation, as the notes start. Default 0. */
  readonly epochs?: number;
  /** Training examples to compute J on, at most. Default 32. */
  readonly examples?: number;
  /** The kernels to be checked; they should work in double precision. */
  readonly open?: OpenWorkspace;
}

const EPSILON = 1e-7;

/**
 * Compares backpropagation with two-sided differences of J (mean loss plus penalty), epsilon 1e-7, in double precision,
 * parameter by parameter (seed 1.9). A check of n parameters costs 2n forward passes. Throws TrainingInputError for a job
 * with dropout, whose J changes from call to call, and for one whose J is not finite.
 */
export function checkGradients(job: TrainingJob, options: GradientCheckOptions = {}): GradientCheck {
  const setup = setUp(job, options.open ?? openDoubleWorkspace);
  refuseDropout(setup);
  const epochs = options.epochs ?? 0;
  const trainer = new Trainer(setup);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    if (!trainer.runEpoch()) throw nothingToCheck(nameDivergence(setup, epoch));
  }

  const rows = Math.min(options.examples ?? 32, setup.train.count, setup.layout.capacity);
  const batch = { index: setup.regions.sequence, rows };
  const pass = trainingPass(setup);
  const { layout, workspace } = setup;
  if (!Number.isFinite(batchGradients(setup, batch, pass) + penalty(setup))) {
    throw nothingToCheck(nameDivergence(setup, epochs));
  }
  const { gradients, parameterCount } = layout;
  const gradient = Float64Array.from(workspace.floats.subarray(gradients, gradients + parameterCount));

  const comparisons = layout.layers.flatMap((layer, l) =>
    partsOf(layer).map(({ part, offsets }) => {
      return { layer: l + 1, part, sums: compare(setup, batch, { gradient, offsets }) };
    }),
  );
  const cost = batchLoss(setup, batch, pass) + penalty(setup);
  return {
    ...grade(comparisons.map(({ sums }) => sums).reduce(addSums), cost),
    layers: comparisons.map(({ layer, part, sums }) => {
      return { layer, part, count: sums.count, kinks: sums.kinks, ...grade(sums, cost) };
    }),
    examples: rows,
    epochs,
    epsilon: EPSILON,
  };
}

/** Sums of squares over some parameters: of approx - grad, approx, grad. */
interface Sums {
  readonly difference: number;
  readonly numeric: number;
  readonly analytic: number;
  readonly count: number;
  readonly kinks: number;
}

function compare(
  setup: Setup,
  batch: Batch,
  { gradient, offsets }: { readonly gradient: Float64Array; readonly offsets: readonly number[] },
): Sums {
  const { floats } = setup.workspace;
  const pass = trainingPass(setup);
  const cost = () => batchLoss(setup, batch, pass) + penalty(setup);
  const here = cost();
  let sums: Sums = { difference: 0, numeric: 0, analytic: 0, count: 0, kinks: 0 };
  for (const offset of offsets) {
    const at = setup.layout.parameters + offset;
    const value = floats[at]!;
    floats[at] = value + EPSILON;
    const above = cost();
    floats[at] = value - EPSILON;
    const below = cost();
    floats[at] = value;
    const numeric = (above - below) / (2 * EPSILON);
    const analytic = gradient[offset]!;
    const difference = numeric - analytic;
    // Slopes to the right and to the left differ by about epsilon J'' where J is smooth.
    const isKink = Math.abs(above - 2 * here + below) / EPSILON > 1e-3 * Math.abs(numeric) + 1e-6 * (1 + here);
    sums = addSums(
      sums,
      isKink
        ? { difference: 0, numeric: 0, analytic: 0, count: 0, kinks: 1 }
        : {
            difference: difference * difference,
            numeric: numeric * numeric,
            analytic: analytic * analytic,
            count: 1,
            kinks: 0,
          },
    );
  }
  return sums;
}

function addSums(a: Sums, b: Sums): Sums {
  return {
    difference: a.difference + b.difference,
    numeric: a.numeric + b.numeric,
    analytic: a.analytic + b.analytic,
    count: a.count + b.count,
    kinks: a.kinks + b.kinks,
  };
}

/**
 * The notes name 1e-7 great, 1e-5 okay, 1e-3 not good; the marks between lie half way (in powers of ten). What rounding
 * of J alone can explain is forgiven: it counts where gradients have vanished.
 */
function grade({ difference, numeric, analytic, count }: Sums, cost: number): GradientComparison {
  const size = Math.sqrt(numeric) + Math.sqrt(analytic);
  const distance = Math.sqrt(difference);
  const rounding = (4 * Number.EPSILON * (1 + Math.abs(cost)) * Math.sqrt(count)) / EPSILON;
  const within = (tolerance: number) => distance <= tolerance * size + rounding;
  return {
    relativeError: size === 0 ? 0 : distance / size,
    verdict: within(1e-6) ? 'great' : within(1e-4) ? 'okay' : 'wrong',
  };
}

function weightOffsets(layer: LayerLayout): number[] {
  const offsets: number[] = [];
  for (let i = 0; i < layer.inSize; i++) {
    for (let o = 0; o < layer.outSize; o++) offsets.push(weightAt(layer, i, o));
  }
  return offsets;
}

function partsOf(layer: LayerLayout): { readonly part: ParameterPart; readonly offsets: readonly number[] }[] {
  const perUnit = (first: number) => Array.from({ length: layer.outSize }, (_, o) => first + o);
  const parts: { part: ParameterPart; offsets: readonly number[] }[] = [
    { part: 'weights', offsets: weightOffsets(layer) },
  ];
  if (layer.bias !== null) parts.push({ part: 'bias', offsets: perUnit(layer.bias) });
  if (layer.batchNorm !== null) {
    parts.push({ part: 'gamma', offsets: perUnit(layer.batchNorm.gamma) });
    parts.push({ part: 'beta', offsets: perUnit(layer.batchNorm.beta) });
  }
  return parts;
}

function nothingToCheck(why: string): TrainingInputError {
  return new TrainingInputError(['params'], `leave no gradients to check: ${why}`);
}

function refuseDropout({ params }: Setup): void {
  const refuse = (name: string): never => {
    throw new TrainingInputError(['params', name], 'must be 1: with dropout there is no one function to differentiate');
  };
  if (params.keepProbs.some((keepProb) => keepProb < 1)) refuse('keepProb');
  if (params.inputKeepProb < 1) refuse('inputKeepProb');
}
