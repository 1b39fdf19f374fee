import type { Metrics, Params } from '@caviar/spec';
import type { CurveShape, EarlyEnd } from './curve.js';

/** A step of the basic recipe (seed 1.3). */
export interface RecipeStep {
  readonly kind:
    | 'bigger-network'
    | 'train-longer'
    | 'more-patience'
    | 'another-optimizer'
    | 'less-regularization'
    | 'revive-units'
    | 'vanishing-gradients'
    | 'more-data'
    | 'regularize'
    | 'augment'
    | 'early-stopping'
    | 'weigh-classes'
    | 'more-dev-rows'
    | 'mismatched-data'
    | 'done';
  /** In plain words. */
  readonly advice: string;
  /** Section of the course notes. */
  readonly section: string;
}

/** What the recipe is chosen by. */
export interface RecipeInput {
  readonly highBias: boolean;
  readonly highVariance: boolean;
  /** How large a gap may be for all that the rows tell, where that is not known to be small. */
  readonly unknown: readonly string[];
  /** The class that always naming it would be no worse than the network; null where it is. */
  readonly noBetterThan: string | null;
  /** Null where early stopping did not end the training. */
  readonly earlyEnd: EarlyEnd | null;
  /** Whether dev and test come from other sources than the training rows. */
  readonly mismatched: boolean;
  readonly curve: CurveShape;
  readonly input: {
    readonly metrics: Metrics;
    readonly params: Params;
    readonly dataset: { readonly image: object | null };
  };
}

/** Share of dead units from which on they are worth a word. */
const MANY_DEAD = 0.4;

/** First the bias, then the variance: the order of the notes. */
export function recipe(given: RecipeInput): RecipeStep[] {
  const { highBias, highVariance, unknown, noBetterThan, earlyEnd, mismatched, input } = given;
  const steps: RecipeStep[] = [];
  if (noBetterThan !== null) steps.push(weighClasses(noBetterThan));
  // Where the network went on to fit what it had been stopped at, the bias is the price of stopping, and no want of size.
  const heldBack = highBias && earlyEnd?.overfitted === true;
  if (heldBack) steps.push(heldBackBy(earlyEnd));
  else if (highBias) steps.push(...againstBias(given));
  if (highVariance && mismatched) steps.push(mismatch('the gap is not variance alone: '));
  if (highVariance || heldBack) steps.push(...againstVariance(input, highBias && !heldBack));
  if (!highBias && !highVariance) {
    if (unknown.length > 0) steps.push(moreRows(unknown));
    steps.push({
      kind: 'done',
      advice: `Both gaps are small${unknown.length > 0 ? ', as far as these rows tell' : ''}: evaluate the test set, or ask whether the Bayes error is really what was assumed.`,
      section: '1.3',
    });
  }
  if (mismatched && !highVariance) steps.push(mismatch(''));
  return steps;
}

function mismatch(consequence: string): RecipeStep {
  return {
    kind: 'mismatched-data',
    advice:
      `Dev and test come from other sources than most training rows: ${consequence}a network can be good on what it was ` +
      'trained on and worse there. Get training data like that of the dev set, and aim at the sources that matter.',
    section: '1.1',
  };
}

function weighClasses(name: string): RecipeStep {
  return {
    kind: 'weigh-classes',
    advice:
      `The network is no better than naming "${name}" every time, however small its error looks: weigh the classes ` +
      '(classWeights "balanced"), and judge by dev.loss rather than by the share of errors, until it tells the rare rows apart.',
    section: '3.5',
  };
}

function heldBackBy({ epoch, bestEpoch }: EarlyEnd): RecipeStep {
  return {
    kind: 'more-patience',
    advice:
      `Early stopping went back to epoch ${bestEpoch}, though the training loss fell on until epoch ${epoch}: the network could fit its ` +
      'training set, and what it learned was of no use on the dev set. Hold the variance down by other means, and let it train on.',
    section: '1.6',
  };
}

function moreRows(unknown: readonly string[]): RecipeStep {
  return {
    kind: 'more-dev-rows',
    advice: `There are too few rows to tell: ${unknown.join(', and ')}. Collect more, or search again with other values of split.seed.`,
    section: '1.1',
  };
}

function againstBias({ curve, earlyEnd, input: { metrics, params } }: RecipeInput): RecipeStep[] {
  const steps: RecipeStep[] = [];
  if (earlyEnd !== null) {
    const { epoch, bestEpoch } = earlyEnd;
    steps.push({
      kind: 'more-patience',
      advice: `Early stopping ended the training after epoch ${epoch}, with the weights of epoch ${bestEpoch}, before even the training set was fitted: raise patience, or stop no more.`,
      section: '1.6',
    });
  }
  if (curve.stillFalling && earlyEnd === null) {
    steps.push({
      kind: 'train-longer',
      advice: 'The training loss was still falling when training ended: train longer.',
      section: '1.3',
    });
  }
  if (isRegularized(params)) {
    steps.push({
      kind: 'less-regularization',
      advice: 'The network cannot even fit its training set, and it is regularised: lower l2 and l1, raise keepProb.',
      section: '1.4',
    });
  }
  const dead = Object.entries(metrics).filter(
    ([name, value]) => name.endsWith('.deadUnits') && (value ?? 0) > MANY_DEAD,
  );
  if (dead.length > 0) {
    const layers = dead.map(([name]) => name.split('.')[0]).join(', ');
    steps.push({
      kind: 'revive-units',
      advice: `Many units of ${layers} are dead: lower the learning rate, or use leakyRelu or batch norm.`,
      section: '1.8',
    });
  }
  const vanished = dead.length > 0 ? null : vanishing(metrics);
  // What does not reach the first layers of this network would not reach those of a bigger one.
  steps.push(
    vanished ?? {
      kind: 'bigger-network',
      advice: 'Use a bigger network: more hidden units, or one more layer.',
      section: '1.3',
    },
  );
  steps.push({
    kind: 'another-optimizer',
    advice:
      curve.plateauSince === null
        ? 'Try another optimiser, learning rate or initialisation.'
        : `The training loss has been on a plateau since epoch ${curve.plateauSince}: momentum, RMSprop or Adam, another learning rate or batch norm get over it.`,
    section: '2.7',
  });
  if (!curve.stillFalling && curve.plateauSince === null && earlyEnd === null) {
    steps.push({ kind: 'train-longer', advice: 'Train longer.', section: '1.3' });
  }
  return steps;
}

/** A layer whose gradient is less than this share of the longest one does not learn. */
const VANISHED = 1e-4;

/** Null unless the gradient gets lost on its way back to the first layers. */
function vanishing(metrics: Metrics): RecipeStep | null {
  const norms = Object.entries(metrics).flatMap(([name, norm]) =>
    name.endsWith('.gradientNorm') && typeof norm === 'number' ? [{ layer: name.split('.')[0], norm }] : [],
  );
  const longest = Math.max(...norms.map(({ norm }) => norm));
  const lost = norms.filter(({ norm }) => norm < VANISHED * longest || longest === 0);
  if (norms.length < 3 || lost.length === 0) return null;
  const least = Math.min(...lost.map(({ norm }) => norm)) / longest;
  const share = longest === 0 ? '' : `, down to ${least.toExponential(0)} of the longest`;
  return {
    kind: 'vanishing-gradients',
    advice:
      `The gradient vanishes on its way back (${lost.map(({ layer }) => layer).join(', ')}${share}): use batch norm, ` +
      'relu with He initialisation, or fewer layers.',
    section: '1.8',
  };
}

function againstVariance({ params, dataset }: RecipeInput['input'], highBias: boolean): RecipeStep[] {
  const steps: RecipeStep[] = [
    { kind: 'more-data', advice: 'Get more training data, if you can: it does no harm to the bias.', section: '1.3' },
  ];
  if (!highBias) {
    steps.push({
      kind: 'regularize',
      advice: 'Regularise: search l2 on a logarithmic scale, and keepProb between 0.5 and 1.',
      section: '1.4',
    });
  }
  if (dataset.image !== null) {
    steps.push({
      kind: 'augment',
      advice: 'Augment the pictures: small shifts and rotations; flips only where a mirrored picture keeps its label.',
      section: '1.6',
    });
  }
  if (params['earlyStopping'] !== true) {
    steps.push({
      kind: 'early-stopping',
      advice: 'Stop early: keep the weights of the epoch with the best dev error.',
      section: '1.6',
    });
  }
  return steps;
}

function isRegularized(params: Params): boolean {
  const number = (name: string, otherwise: number) => {
    const value = params[name];
    return typeof value === 'number' ? value : otherwise;
  };
  const keepProb = params['keepProb'];
  const least = Array.isArray(keepProb) ? Math.min(...(keepProb as readonly number[])) : number('keepProb', 1);
  return number('l2', 0) > 0 || number('l1', 0) > 0 || least < 1 || number('inputKeepProb', 1) < 1;
}
