/** Eigenvalues and orthonormal eigenvectors of a symmetric n x n matrix. */
export interface SymmetricEigen {
  /** In no particular order. Shape [n]. */
  readonly values: Float64Array;
  /** Row-major, shape [n, n]: column j is the eigenvector of `values[j]`. */
  readonly vectors: Float64Array;
}

const MAX_SWEEPS = 64;

/**
 * Eigen-decomposition by cyclic Jacobi rotations: A = V diag(values) V^T, to about machine precision relative to the
 * largest eigenvalue, by IEEE operations alone. About 6 n^3 flops a sweep, 5 to 10 sweeps.
 *
 * Source: Golub and Van Loan, Matrix Computations, 4th edition, section 8.5.
 *
 * @param matrix row-major, shape [n, n]; only its upper triangle is read. All entries must be finite.
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): SymmetricEigen {
  const a = new Float64Array(n * n);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    vectors[i * n + i] = 1;
    for (let j = i; j < n; j++) {
      const value = matrix[i * n + j]!;
      if (!Number.isFinite(value)) throw new RangeError('an eigen-decomposition needs finite entries');
      a[i * n + j] = value;
      a[j * n + i] = value;
    }
  }
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        if (rotate(a, vectors, { p, q, n })) rotated = true;
      }
    }
    if (!rotated) break;
  }
  const values = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  return { values, vectors };
}

interface Plane {
  readonly p: number;
  readonly q: number;
  readonly n: number;
}

/** Annihilates a[p, q]; false where it is nothing next to the diagonal already. */
function rotate(a: Float64Array, vectors: Float64Array, { p, q, n }: Plane): boolean {
  const apq = a[p * n + q]!;
  const app = a[p * n + p]!;
  const aqq = a[q * n + q]!;
  const small = Math.abs(apq);
  if (small === 0 || (Math.abs(app) + small === Math.abs(app) && Math.abs(aqq) + small === Math.abs(aqq))) {
    a[p * n + q] = 0;
    a[q * n + p] = 0;
    return false;
  }
  // tan of the smaller of the two angles; where tau^2 overflows, sqrt gives Infinity and t the limit 0.
  const tau = (aqq - app) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p]!;
    const kq = a[k * n + q]!;
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k]!;
    const qk = a[q * n + k]!;
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
    const vp = vectors[k * n + p]!;
    const vq = vectors[k * n + q]!;
    vectors[k * n + p] = c * vp - s * vq;
    vectors[k * n + q] = s * vp + c * vq;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  return true;
}
