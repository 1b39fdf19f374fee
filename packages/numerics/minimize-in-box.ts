/** A function with its gradient: returns f(x), and writes df/dx into `gradient`. Not finite = a place to keep away from. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

export interface BoxProblem {
  /** Where to begin, [n]; moved into the box. */
  readonly start: ArrayLike<number>;
  /** Bounds by coordinate, [n], `lower <= upper`. */
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  /** Evaluations of the function at most, 50 without it. */
  readonly maxEvaluations?: number;
  /** Ends when no coordinate that may move has a steeper slope, 1e-5 without it. */
  readonly gradientTolerance?: number;
  /** Ends when a step lowers f by no more than this, 1e-9 without it. */
  readonly valueTolerance?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
}

/** Steps remembered for the curvature. */
const MEMORY = 8;
const ARMIJO = 1e-4;

/**
 * A local minimum within bounds: limited-memory BFGS on the coordinates that are free to move, with a backtracking search
 * along the projected path. It never gives anything worse than the start.
 *
 * Source: Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 16.5; Bertsekas, SIAM J. Control 20 (1982), on
 * which coordinates are held.
 */
export function minimizeInBox(f: Differentiable, problem: BoxProblem): Minimum {
  const { lower, upper, maxEvaluations = 50, gradientTolerance = 1e-5, valueTolerance = 1e-9 } = problem;
  const n = problem.start.length;
  const project = (x: Float64Array): Float64Array => x.map((v, i) => Math.min(upper[i]!, Math.max(lower[i]!, v)));
  let x: Float64Array = project(Float64Array.from(problem.start));
  let gradient: Float64Array = new Float64Array(n);
  let value = f(x, gradient);
  let evaluations = 1;
  const memory: Curvature[] = [];
  const held = (i: number) => (x[i]! <= lower[i]! && gradient[i]! > 0) || (x[i]! >= upper[i]! && gradient[i]! < 0);

  while (evaluations < maxEvaluations && Number.isFinite(value)) {
    const free = gradient.map((g, i) => (held(i) ? 0 : g));
    if (free.every((g) => Math.abs(g) <= gradientTolerance)) break;
    const direction = descent(free, memory);
    let slope = dot(direction, free);
    if (!(slope < 0)) {
      memory.length = 0;
      direction.set(free.map((g) => -g));
      slope = -dot(free, free);
    }
    // Nothing is known of the curvature at first: a step of a tenth of the unit box.
    let t = memory.length === 0 ? Math.min(1, 0.1 / Math.sqrt(-slope)) : 1;
    let next: { x: Float64Array; gradient: Float64Array; value: number } | null = null;
    while (evaluations < maxEvaluations && next === null) {
      const tried = project(x.map((v, i) => v + t * direction[i]!));
      const triedGradient = new Float64Array(n);
      const triedValue = f(tried, triedGradient);
      evaluations++;
      const promised = tried.reduce((sum, v, i) => sum + (v - x[i]!) * free[i]!, 0);
      if (promised >= 0) break;
      if (triedValue <= value + ARMIJO * promised) next = { x: tried, gradient: triedGradient, value: triedValue };
      else t *= shorter(triedValue - value, promised);
    }
    if (next === null) {
      if (memory.length === 0) break;
      memory.length = 0;
      continue;
    }
    remember(memory, { from: { x, gradient }, to: next });
    const gained = value - next.value;
    ({ x, gradient, value } = next);
    if (gained <= valueTolerance) break;
  }
  return { x, value, evaluations };
}

interface Curvature {
  /** Step and change of the gradient along it, [n] each. */
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** 1 / (s · y) */
  readonly rho: number;
}

interface Point {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
}

/** Factor for a step along which f rose by `rise` where the slope promised `promised` < 0: the parabola's minimum. */
function shorter(rise: number, promised: number): number {
  const parabola = -promised / (2 * (rise - promised));
  return Number.isFinite(rise) ? Math.min(0.5, Math.max(0.1, parabola)) : 0.1;
}

function remember(memory: Curvature[], { from, to }: { readonly from: Point; readonly to: Point }): void {
  const s = to.x.map((v, i) => v - from.x[i]!);
  const y = to.gradient.map((g, i) => g - from.gradient[i]!);
  const sy = dot(s, y);
  if (!(sy > 1e-10 * dot(y, y))) return;
  if (memory.length === MEMORY) memory.shift();
  memory.push({ s, y, rho: 1 / sy });
}

/** -H g by the two-loop recursion; coordinates with no gradient (held ones) stay where they are. */
function descent(free: Float64Array, memory: readonly Curvature[]): Float64Array {
  let q: Float64Array = free.map((g) => -g);
  const alphas: number[] = [];
  for (let k = memory.length - 1; k >= 0; k--) {
    const { s, y, rho } = memory[k]!;
    const alpha = rho * dot(s, q);
    alphas[k] = alpha;
    q = q.map((v, i) => v - alpha * y[i]!);
  }
  const last = memory.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    q = q.map((v) => v * scale);
  }
  memory.forEach(({ s, y, rho }, k) => {
    const beta = rho * dot(y, q);
    q = q.map((v, i) => v + (alphas[k]! - beta) * s[i]!);
  });
  return q.map((v, i) => (free[i] === 0 ? 0 : v));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
