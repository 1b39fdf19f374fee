export const LR_DECAYS = ['none', 'inverseTime', 'exponential', 'inverseSqrt', 'staircase'] as const;
export type LrDecay = (typeof LR_DECAYS)[number];

/** How the learning rate falls from epoch to epoch (seed 2.6). */
export interface LearningRateSchedule {
  readonly learningRate: number;
  readonly lrDecay: LrDecay;
  /** The decay rate, the base, k, or the factor of a stair; null for the usual one of its kind. */
  readonly decayRate: number | null;
  /** Epochs on a stair. */
  readonly decaySteps: number;
}

/** The rates that the course uses. */
const USUAL_RATE: Readonly<Record<LrDecay, number>> = {
  none: 1,
  inverseTime: 1,
  exponential: 0.95,
  inverseSqrt: 1,
  staircase: 0.5,
};

/**
 * The learning rate of an epoch, counted from 1 as in the notes:
 * inverseTime alpha0 / (1 + rate epoch), exponential rate^epoch alpha0, inverseSqrt rate / sqrt(epoch) alpha0,
 * staircase rate^stairs alpha0 with a stair down after every `decaySteps` epochs.
 */
export function learningRateAt(schedule: LearningRateSchedule, epoch: number): number {
  const { learningRate, lrDecay, decaySteps } = schedule;
  const rate = schedule.decayRate ?? USUAL_RATE[lrDecay];
  switch (lrDecay) {
    case 'none':
      return learningRate;
    case 'inverseTime':
      return learningRate / (1 + rate * epoch);
    case 'exponential':
      return learningRate * power(rate, epoch);
    case 'inverseSqrt':
      return learningRate * (rate / Math.sqrt(epoch));
    case 'staircase':
      return learningRate * power(rate, Math.floor((epoch - 1) / decaySteps));
  }
}

/** By repeated squaring: `Math.pow` differs between JavaScript engines. */
function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
