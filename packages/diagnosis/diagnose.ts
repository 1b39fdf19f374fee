import { type DatasetInfo, findTrainer, type Metrics, type Params, type PartSources } from '@caviar/spec';
import { type CurvePoint, type CurveShape, readCurve, readEarlyEnd } from './curve.js';
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
  /** The best error that anyone could have: a share, for regression a root mean squared error. Default 0. */
  readonly bayesError?: number;
  /** What the split did to the sources of the data; null or absent where they are not told. */
  readonly sources?: PartSources | null;
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
  /** Rows of every source in every part, and whether dev and test come from others than train; null where not told. */
  readonly sources: PartSources | null;
  /** What to try next, most promising first (seed 1.3). */
  readonly recipe: readonly RecipeStep[];
}

/** A gap smaller than this (a share of all, or of the targets' deviation) is not worth a step of the recipe. */
const MATERIAL = 0.02;
/** A gap that may be as large as this, for all that the rows tell, is not known to be small. */
const UNKNOWN = 0.1;
/** Share of the rows from which on a class is said to have most of them. */
const MOST = 0.8;
/** A network is no better than naming the commonest class when its error is at least this share of what that would cost. */
const NO_BETTER = 0.95;

/**
 * Bias and variance of a trained network (seed 1.2). A gap is called high when it is material and its 95 % interval lies
 * above zero, so that the noise of a small dev set is not called variance. The errors of a regression are judged by the
 * deviation of its targets, which is what predicting their mean would cost; those of a classification by twice what naming the
 * commonest class would cost, where that has more than half of the rows: 1 % is little among halves, and all there is where
 * one in a hundred is ill. Throws DiagnosisError without finite errors or that deviation, and for a Bayes error that cannot be.
 */
export function diagnose(input: DiagnosisInput): Diagnosis {
  const { trainError, devError, scale, commonest } = errorsOf(input);
  const bayesError = input.bayesError ?? 0;
  const sources = input.sources ?? null;
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
  // Weighed classes make errors of the common one on purpose.
  const isWeighed = (input.params['classWeights'] ?? 'none') !== 'none';
  const isNoBetter = commonest !== null && !isWeighed && trainError.value >= NO_BETTER * (1 - commonest.share);
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
    sources,
    recipe: recipe({
      highBias,
      highVariance,
      unknown: Object.entries({ 'avoidable bias': avoidableBias, variance }).flatMap(([name, { high }]) =>
        high > UNKNOWN * scale ? [`the ${name} may be as much as ${one(high, input.dataset.task)}`] : [],
      ),
      noBetterThan: isNoBetter ? commonest.name : null,
      earlyEnd: readEarlyEnd(input.curve ?? [], epochsOf(input.params)),
      mismatched: sources?.mismatched ?? false,
      curve,
      input,
    }),
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

/** The errors, and what they are judged by. */
interface Judged {
  readonly trainError: Estimate;
  readonly devError: Estimate;
  /** What the gaps are judged by. */
  readonly scale: number;
  /** The class that has most of the rows, if one has. */
  readonly commonest: { readonly name: string; readonly share: number } | null;
}

function errorsOf({ dataset, rows, metrics, bayesError }: DiagnosisInput): Judged {
  const name = dataset.task === 'regression' ? 'rmse' : 'error';
  const value = (part: 'train' | 'dev'): number => {
    const error = metrics[`${part}.${name}`];
    if (typeof error !== 'number') throw new DiagnosisError(`the trial has no finite ${part}.${name}`);
    return error;
  };
  if (dataset.task === 'classification') {
    if ((bayesError ?? 0) > 1) throw new DiagnosisError('a Bayes error above 1 is no share of the examples');
    return {
      trainError: shareEstimate(value('train'), rows.train),
      devError: shareEstimate(value('dev'), rows.dev),
      ...byCommonest(dataset),
    };
  }
  const { targetDeviation } = dataset;
  if (typeof targetDeviation !== 'number') throw new DiagnosisError('the deviation of the targets is not known');
  return {
    trainError: rmseEstimate(value('train'), rows.train),
    devError: rmseEstimate(value('dev'), rows.dev),
    scale: targetDeviation,
    commonest: null,
  };
}

function byCommonest({ classRows, classNames }: DatasetInfo): Pick<Judged, 'scale' | 'commonest'> {
  const counts = classRows ?? [];
  const rows = counts.reduce((sum, n) => sum + n, 0);
  if (rows === 0) return { scale: 1, commonest: null };
  const most = Math.max(...counts);
  const share = most / rows;
  const label = counts.indexOf(most);
  const name = classNames?.[label] ?? String(label);
  return { scale: Math.min(1, 2 * (1 - share)), commonest: share >= MOST ? { name, share } : null };
}

function epochsOf(params: Params): number {
  return (params['epochs'] ?? findTrainer('mlp')?.parameters.find(({ name }) => name === 'epochs')?.default) as number;
}

function format({ value, low, high }: Estimate, task: DatasetInfo['task']): string {
  const show = (x: number) => one(x, task);
  return low === high ? show(value) : `${show(value)} (${show(low)} to ${show(high)})`;
}

function one(x: number, task: DatasetInfo['task']): string {
  return task === 'regression' ? x.toPrecision(3) : `${(100 * x).toFixed(1)} %`;
}
