/**
 * The kernel: Matérn with nu = 5/2, k = (1 + a + a²/3) exp(-a) with a = sqrt(5 r²) at a squared distance r² in lengths, and
 * -dk/dr² = 5/6 (1 + a) exp(-a); to it a constant is added, the unknown mean of the process. Written out where it is used:
 * both need one exponential between them.
 *
 * Source: Rasmussen and Williams, Gaussian Processes for Machine Learning, eq. 4.17 and section 2.7.
 */

/** Variance of the unknown mean, relative to that of the process. */
export const CONSTANT_VARIANCE = 1;

/** k(x, x) without noise. */
export const PRIOR_VARIANCE = 1 + CONSTANT_VARIANCE;
