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

/** Reads the shape of `train.loss`. The points must be in order; those without a finite loss are left out. */
export function readCurve(points: readonly CurvePoint[]): CurveShape {
  const losses = points.flatMap(({ step, metrics }) => {
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
