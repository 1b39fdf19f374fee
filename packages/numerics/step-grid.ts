/** The values min, min + step, ... that do not exceed max. */
export interface StepGrid {
  readonly count: number;
  readonly step: number;
  /** Value number k, 0 <= k < count, free of float noise: 0.5 + 3 * 0.05 is 0.65. */
  readonly at: (k: number) => number;
  /** Number of the value nearest to x; the ends for what lies outside. */
  readonly nearest: (x: number) => number;
}

/** Builds the grid of a range. `step` is positive and finite, min <= max, and max - min is finite. */
export function stepGrid(min: number, max: number, step: number): StepGrid {
  const exact = decimalGrid(min, step) ?? integerGrid(min, step);
  const valueAt = exact ?? ((k: number) => min + k * step);
  // A rounded min + k * step may miss a max that is on the grid; `at` brings it back.
  const slack = exact !== undefined ? 0 : 4 * Number.EPSILON * Math.max(Math.abs(min), Math.abs(max));
  const count = countUpTo(valueAt, max + slack, (max - min) / step);
  return {
    count,
    step,
    at: (k) => Math.min(max, Math.max(min, valueAt(k))) + 0, // + 0 turns -0 into 0, as JSON does
    nearest: (x) => Math.min(count - 1, Math.max(0, Math.round((x - min) / step))),
  };
}

/** The quotient can be off by a little either way (0.3 / 0.1 < 3): the values themselves decide. */
function countUpTo(valueAt: (k: number) => number, max: number, quotient: number): number {
  let count = Math.min(Math.floor(quotient), Number.MAX_SAFE_INTEGER * 2) + 1;
  for (let i = 0; i < 4 && valueAt(count) <= max; i++) count++;
  for (let i = 0; i < 4 && count > 1 && valueAt(count - 1) > max; i++) count--;
  return count;
}

/**
 * min + k * step in whole multiples of a power of ten: the numerator is exact and the one division is rounded
 * correctly, so the result is the double that the decimal number itself would parse to. Undefined where the two numbers
 * have no such form within 2^53.
 */
function decimalGrid(min: number, step: number): ((k: number) => number) | undefined {
  const decimals = Math.max(decimalPlaces(min), decimalPlaces(step));
  if (decimals === 0 || decimals > 22) return undefined;
  const unit = POWERS_OF_TEN[decimals]!;
  const start = Math.round(min * unit);
  const stride = Math.round(step * unit);
  if (!Number.isSafeInteger(start) || start / unit !== min || stride / unit !== step) return undefined;
  return (k) => {
    const numerator = start + k * stride;
    return Number.isSafeInteger(numerator) ? numerator / unit : min + k * step;
  };
}

function integerGrid(min: number, step: number): ((k: number) => number) | undefined {
  return Number.isSafeInteger(min) && Number.isSafeInteger(step) ? (k) => min + k * step : undefined;
}

/** Digits after the point in the shortest decimal form of x. */
function decimalPlaces(x: number): number {
  const [mantissa = '', exponent = '0'] = String(x).split('e');
  const fraction = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent));
}

/** 10^0 to 10^22, the powers of ten that a double holds exactly. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
