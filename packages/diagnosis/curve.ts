import type { Metrics } from '@caviar/spec';

/** One point of a learning curve. */
export interface CurvePoint {
  readonly step: number;
  readonly metrics: Metrics;
}

/** How the training loss ended. */
export interface CurveShape {
  /** Step from which on the loss has stayed on a plateau (seed 2.7); null when it has not, or when that is too short to say. */
  readonly plateauSince: number | null;
  /** Whether the loss was still falling at the end: training longer would help. */
  readonly stillFalling: boolean;
}

/** Less than this, relative to the loss at its start, is no progress on a plateau. */
const PLATEAU_CHANGE = 0.01;
/** A plateau lasts for this share of the epochs at least, and for three. */
const PLATEAU_SHARE = 0.25;
/** The loss is still falling when it lost this share in the last fifth of the epochs. */
const FALLING_CHANGE = 0.03;

/** How early stopping ended a run before its last epoch (seed 1.6). */
export interface EarlyEnd {
  /** The epoch that training came to. */
  readonly epoch: number;
  /** The epoch whose weights were restored. */
  readonly bestEpoch: number;
  /** Whether the training loss fell on after that epoch while the dev loss rose: what stopped it is variance. */
  readonly overfitted: boolean;
}

/** The training loss fell on when it lost this share after the best epoch. */
const FITTED_ON = 0.1;

/** Null where training was not ended by early stopping, or went through all `epochs`. The points must be in order. */
export function readEarlyEnd(points: readonly CurvePoint[], epochs: number): EarlyEnd | null {
  const last = points.at(-1);
  if (last === undefined || !isRestored(last) || last.step >= epochs) return null;
  const bestEpoch = last.metrics['bestEpoch'] as number;
  const later = points.slice(0, -1).filter(({ step }) => step > bestEpoch);
  // The very last one: a single lucky epoch on the way is no trend.
  const end = later.at(-1)?.metrics;
  const [before, after] = [last.metrics['train.loss'], end?.['train.loss']];
  const [devBefore, devAfter] = [last.metrics['dev.loss'], end?.['dev.loss']];
  const isKnown = [before, after, devBefore, devAfter].every((loss) => typeof loss === 'number');
  const overfitted = isKnown && after! < (1 - FITTED_ON) * before! && devAfter! > devBefore!;
  return { epoch: last.step, bestEpoch, overfitted };
}

/** Whether a point tells of an earlier epoch's weights: the last one of a run that early stopping ended. */
function isRestored({ step, metrics }: CurvePoint): boolean {
  const { bestEpoch } = metrics;
  return typeof bestEpoch === 'number' && bestEpoch < step;
}

/**
 * Reads the shape of `train.loss`. The points must be in order; those without a finite loss are left out, and a last one of weights
 * that early stopping put back, since the curve jumps there to where it had been before.
 */
export function readCurve(points: readonly CurvePoint[]): CurveShape {
  const end = points.at(-1);
  const trained = end !== undefined && isRestored(end) ? points.slice(0, -1) : points;
  const losses = trained.flatMap(({ step, metrics }) => {
    const loss = metrics['train.loss'];
    return typeof loss === 'number' ? [{ step, loss }] : [];
  });
  const last = losses.at(-1);
  if (last === undefined || losses.length < 5) return { plateauSince: null, stillFalling: false };

  // Backwards as long as the loss was within 1 % of where it ended.
  let start = losses.length - 1;
  while (start > 0 && Math.abs(losses[start - 1]!.loss - last.loss) <= PLATEAU_CHANGE * losses[start - 1]!.loss)
    start--;
  const length = losses.length - 1 - start;
  const isPlateau = length >= Math.max(3, PLATEAU_SHARE * losses.length);

  const fifth = losses[Math.floor(losses.length * 0.8) - 1]!;
  return {
    plateauSince: isPlateau ? losses[start]!.step : null,
    stillFalling: !isPlateau && fifth.loss - last.loss > FALLING_CHANGE * fifth.loss,
  };
}
