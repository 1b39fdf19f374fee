import { log } from '@caviar/numerics';

/**
 * Constants of CMA-ES for n coordinates and lambda trials a generation, by the names of Hansen's tutorial
 * (arXiv:1604.00772, table 1).
 */
export interface Strategy {
  readonly n: number;
  readonly lambda: number;
  /** Recombination weights by rank, best first: the positive ones add up to 1, the others are negative. Shape [lambda]. */
  readonly weights: Float64Array;
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cC: number;
  readonly c1: number;
  readonly cMu: number;
  /** Expected length of a standard normal vector. */
  readonly chiN: number;
}

/** The default number of trials a generation (eq. 48). */
export function defaultLambda(n: number): number {
  return 4 + Math.floor(3 * log(Math.max(1, n)));
}

/** @param n from 1; @param lambda from 4 */
export function strategyOf(n: number, lambda: number): Strategy {
  const raw = Float64Array.from({ length: lambda }, (_, i) => log((lambda + 1) / 2) - log(i + 1));
  const positive = raw.filter((w) => w >= 0);
  const negative = raw.filter((w) => w < 0);
  const muEff = effective(positive);
  const muEffNegative = effective(negative);
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const c1 = 2 / ((n + 1.3) * (n + 1.3) + muEff);
  const cMu = Math.min(1 - c1, (2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) * (n + 2) + muEff));
  // eq. 50 to 53: how far the worse half may push away without losing positive definiteness
  const push = Math.min(1 + c1 / cMu, 1 + (2 * muEffNegative) / (muEff + 2), (1 - c1 - cMu) / (n * cMu));
  const weights = raw.map((w) => (w >= 0 ? w / sum(positive) : (push * w) / -sum(negative)));
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
  const chiN = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  return { n, lambda, weights, muEff, cSigma, dSigma, cC, c1, cMu, chiN };
}

/** (sum w)^2 / sum w^2. */
export function effective(weights: ArrayLike<number>): number {
  let total = 0;
  let squares = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    squares += weights[i]! * weights[i]!;
  }
  return (total * total) / squares;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
