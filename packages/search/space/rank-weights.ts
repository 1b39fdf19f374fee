import { log } from '@caviar/numerics';

/** Weights of the best n trials by rank, the best first, as CMA-ES gives them (Hansen, arXiv:1604.00772, eq. 49); their sum is 1. */
export function rankWeights(n: number): readonly number[] {
  const raw = Array.from({ length: n }, (_, rank) => log(n + 0.5) - log(rank + 1));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => weight / total);
}
