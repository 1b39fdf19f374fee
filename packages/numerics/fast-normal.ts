import { exp } from './elementary.js';
import { normalCdf } from './normal.js';

const END = 8;
const PER_UNIT = 64;
const NODES = 2 * END * PER_UNIT + 1;
const cdf = new Float64Array(NODES);
/** Change of the function over the width of a cell, if it went on as at the node. */
const rise = new Float64Array(NODES);
for (let i = 0; i < NODES; i++) {
  const x = i / PER_UNIT - END;
  cdf[i] = normalCdf(x);
  rise[i] = exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / PER_UNIT;
}

/**
 * Standard normal distribution function from a table, some ten times as fast as `normalCdf`: cubic Hermite interpolation,
 * absolute error below 1e-10. Not for tails, where the relative error counts.
 */
export function fastNormalCdf(x: number): number {
  if (x <= -END) return 0;
  if (x >= END) return 1;
  const at = (x + END) * PER_UNIT;
  const i = Math.floor(at);
  const t = at - i;
  const y = cdf[i]!;
  const step = cdf[i + 1]! - y;
  const left = rise[i]!;
  const right = rise[i + 1]!;
  return y + t * (left + t * (3 * step - 2 * left - right + t * (left + right - 2 * step)));
}
