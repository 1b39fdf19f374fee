import type { Metrics, Params } from '@caviar/spec';
import type { CurveShape } from './curve.js';

/** A step of the basic recipe (seed 1.3). */
export interface RecipeStep {
  readonly kind:
    | 'bigger-network'
    | 'train-longer'
    | 'another-optimizer'
    | 'less-regularization'
    | 'revive-units'
    | 'more-data'
    | 'regularize'
    | 'augment'
    | 'early-stopping'
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
export function recipe({ highBias, highVariance, mismatched, curve, input }: RecipeInput): RecipeStep[] {
  const steps: RecipeStep[] = [];
  if (highBias) steps.push(...againstBias(curve, input));
  if (highVariance && mismatched) steps.push(mismatch('the gap is not variance alone: '));
  if (highVariance) steps.push(...againstVariance(input, highBias));
  if (steps.length === 0) {
    steps.push({
      kind: 'done',
      advice: 'Both gaps are small: evaluate the test set, or ask whether the Bayes error is really what was assumed.',
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

function againstBias(curve: CurveShape, { metrics, params }: RecipeInput['input']): RecipeStep[] {
  const steps: RecipeStep[] = [];
  if (curve.stillFalling) {
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
  steps.push({
    kind: 'bigger-network',
    advice: 'Use a bigger network: more hidden units, or one more layer.',
    section: '1.3',
  });
  steps.push({
    kind: 'another-optimizer',
    advice:
      curve.plateauSince === null
        ? 'Try another optimiser, learning rate or initialisation.'
        : `The training loss has been on a plateau since epoch ${curve.plateauSince}: momentum, RMSprop or Adam, another learning rate or batch norm get over it.`,
    section: '2.7',
  });
  if (!curve.stillFalling && curve.plateauSince === null) {
    steps.push({ kind: 'train-longer', advice: 'Train longer.', section: '1.3' });
  }
  return steps;
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
