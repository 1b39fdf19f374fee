import { spawnSync } from 'node:child_process';
import { detectAbilities } from '../engine/simd/detect.js';
import { simdEngine } from '../engine/simd/engine.js';
import { NARROW, WIDE } from '../engine/simd/probe.js';

// Matrix products of the size of layers, in GFLOP/s on one core, the best of many runs; one JSON object on stdout.
// Usage: node [flags] products.js [wide | narrow | openblas] [rounds]; the last needs numpy, in the python3 named by PYTHON.

const [which = 'wide', rounds = '100'] = process.argv.slice(2);
/** Rows, inputs and outputs: the two large layers of W2, and the first of W1. */
const SHAPES: readonly (readonly [rows: number, inputs: number, outputs: number])[] = [
  [256, 784, 512],
  [256, 512, 512],
  [128, 784, 256],
];

console.log(JSON.stringify(which === 'openblas' ? openBlas() : ours()));

function ours(): Record<string, number> {
  const { multiplyAdd, fused } = detectAbilities();
  if (multiplyAdd === null) throw new Error('no vector instructions here');
  const engine = simdEngine({ ...(which === 'wide' ? WIDE : NARROW), multiplyAdd }, fused);
  const { kernels, floats } = engine.open(1 << 21);
  floats.fill(0.01, 16);
  const [a, w, c] = [16, 1 << 19, 1 << 20];
  const gemm = (epilogue: 'none' | 'reluMask') => {
    const kernel = kernels.gemm(16, 16, epilogue);
    return (rows: number, inputs: number, outputs: number) =>
      kernel(a, rows * 16, inputs / 16, 0, w, inputs * 16, outputs / 16, c, rows * 16, 0, rows, a - c);
  };
  const transposed = kernels.gemmTransposed(16);
  const calls: Readonly<Record<string, (rows: number, inputs: number, outputs: number) => void>> = {
    forward: gemm('none'),
    back: gemm('reluMask'),
    weights: (rows, inputs, outputs) =>
      transposed(a, rows * 16, inputs, w, rows * 16, outputs / 16, c, inputs * 16, rows),
  };
  const best: Record<string, number> = {};
  for (let round = 0; round < Number(rounds); round++) {
    for (const [name, call] of Object.entries(calls)) {
      for (const shape of SHAPES) {
        const start = performance.now();
        call(...shape);
        const rate = gigaflops(shape, (performance.now() - start) / 1000);
        const key = `${name} ${shape.join('x')}`;
        best[key] = Math.max(best[key] ?? 0, rate);
      }
    }
  }
  return best;
}

function openBlas(): Record<string, number> {
  const script = `
import json, time, numpy as np
best = {}
for m, k, n in ${JSON.stringify(SHAPES)}:
    a = np.full((m, k), 0.01, np.float32); b = np.full((k, n), 0.01, np.float32); c = np.empty((m, n), np.float32)
    seconds = 1e9
    for _ in range(${Number(rounds)}):
        start = time.perf_counter(); np.dot(a, b, out=c); seconds = min(seconds, time.perf_counter() - start)
    best[f"forward {m}x{k}x{n}"] = round(2 * m * k * n / seconds / 1e9, 1)
print(json.dumps(best))`;
  const { stdout, stderr, status } = spawnSync(process.env['PYTHON'] ?? 'python3', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`numpy failed: ${stderr}`);
  return JSON.parse(stdout) as Record<string, number>;
}

function gigaflops([rows, inputs, outputs]: readonly [number, number, number], seconds: number): number {
  return Math.round((2 * rows * inputs * outputs) / seconds / 1e8) / 10;
}
