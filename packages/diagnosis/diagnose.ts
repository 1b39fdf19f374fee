import type { DatasetInfo, Metrics, Params } from '@caviar/spec';
import { type CurvePoint, type CurveShape, readCurve } from './curve.js';
import { difference, type Estimate, exactly, rmseEstimate, shareEstimate } from './intervals.js';
import { type RecipeStep, recipe } from './recipe.js';

/** The four columns of the notes' table (seed 1.2). */
export type Verdict = 'high-bias-and-variance' | 'high-bias' | 'high-variance' | 'low-bias-and-variance';

/** What is known of a trained network. */
export interface DiagnosisInput {
  readonly dataset: DatasetInfo;
  /** Examples behind the errors. */
  readonly rows: { readonly train: number; readonly dev: number };
  /** Of the last measurement: train.error and dev.error, or train.rmse and dev.rmse. */
  readonly metrics: Metrics;
  readonly params: Params;
  /** All measurements, where they are kept. */
  readonly curve?: readonly CurvePoint[];
  /** The best error that anyone could have. Default 0. */
  readonly bayesError?: number;
  /** For regression: standard deviation of the targets, by which errors are judged. Needed there. */
  readonly targetDeviation?: number;
}

export interface Diagnosis {
  readonly verdict: Verdict;
  /** The verdict with its figures, in one sentence. */
  readonly summary: string;
  readonly bayesError: number;
  readonly trainError: Estimate;
  readonly devError: Estimate;
  /** Train error minus Bayes error. */
  readonly avoidableBias: Estimate;
  /** Dev error minus train error. */
  readonly variance: Estimate;
  readonly curve: CurveShape;
  /** What to try next, most promising first (seed 1.3). */
  readonly recipe: readonly RecipeStep[];
}

/** A gap smaller than this (a share of all, or of the targets' deviation) is not worth a step of the recipe. */
const MATERIAL = 0.02;

/**
 * Bias and variance of a trained network (seed 1.2). A gap is called high when it is material and its 95 % interval lies
 * above zero, so that the noise of a small dev set is not called variance. Throws DiagnosisError without finite errors.
 */
export function diagnose(input: DiagnosisInput): Diagnosis {
  const { trainError, devError, scale } = errorsOf(input);
  const bayesError = input.bayesError ?? 0;
  const avoidableBias = difference(trainError, exactly(bayesError));
  const variance = difference(devError, trainError);
  const isHigh = (gap: Estimate) => gap.value > MATERIAL * scale && gap.low > 0;
  const [highBias, highVariance] = [isHigh(avoidableBias), isHigh(variance)];
  const verdict: Verdict = highBias
    ? highVariance
      ? 'high-bias-and-variance'
      : 'high-bias'
    : highVariance
      ? 'high-variance'
      : 'low-bias-and-variance';
  const curve = readCurve(input.curve ?? []);
  const show = (estimate: Estimate) => format(estimate, input.dataset.task);
  return {
    verdict,
    summary:
      `${TITLES[verdict]}: train error ${show(trainError)}, dev error ${show(devError)}, ` +
      `avoidable bias ${show(avoidableBias)}, variance ${show(variance)}.`,
    bayesError,
    trainError,
    devError,
    avoidableBias,
    variance,
    curve,
    recipe: recipe({ highBias, highVariance, curve, input }),
  };
}

/** There is nothing to diagnose: the message says what is missing. */
export class DiagnosisError extends Error {
  override readonly name = 'DiagnosisError';
}

const TITLES: Readonly<Record<Verdict, string>> = {
  'high-bias-and-variance': 'High bias and high variance',
  'high-bias': 'High bias',
  'high-variance': 'High variance',
  'low-bias-and-variance': 'Low bias and low variance',
};

function errorsOf({ dataset, rows, metrics, targetDeviation }: DiagnosisInput): {
  readonly trainError: Estimate;
  readonly devError: Estimate;
  readonly scale: number;
} {
  const name = dataset.task === 'regression' ? 'rmse' : 'error';
  const value = (part: 'train' | 'dev'): number => {
    const error = metrics[`${part}.${name}`];
    if (typeof error !== 'number') throw new DiagnosisError(`the trial has no finite ${part}.${name}`);
    return error;
  };
  if (dataset.task === 'classification') {
    return {
      trainError: shareEstimate(value('train'), rows.train),
      devError: shareEstimate(value('dev'), rows.dev),
      scale: 1,
    };
  }
  if (targetDeviation === undefined) throw new DiagnosisError('the deviation of the targets is not known');
  return {
    trainError: rmseEstimate(value('train'), rows.train),
    devError: rmseEstimate(value('dev'), rows.dev),
    scale: targetDeviation,
  };
}

function format({ value, low, high }: Estimate, task: DatasetInfo['task']): string {
  const one = (x: number) => (task === 'regression' ? x.toPrecision(3) : `${(100 * x).toFixed(1)} %`);
  return low === high ? one(value) : `${one(value)} (${one(low)} to ${one(high)})`;
}
