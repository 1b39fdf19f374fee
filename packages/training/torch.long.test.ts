import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { OpenWorkspace } from './engine/kernels.js';
import { openDoubleWorkspace } from './engine/scalar/workspace.js';
import { chooseEngine } from './engine/simd/engine.js';
import { apart } from './fixtures/apart.js';
import { type TorchCase, type TorchResult, torchJob, trainForTorch } from './fixtures/torch-cases.js';

// Needs a python3 with torch (Debian: python3-torch), named by PYTHON if it is not `python3`.
const python = process.env['PYTHON'] ?? 'python3';
const script = fileURLToPath(new URL('./fixtures/torch_oracle.py', import.meta.url));
const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0;

function askTorch(cases: readonly TorchCase[]): TorchResult[] {
  const { stdout, stderr, status } = spawnSync(python, [script], {
    input: cases.map((each) => `${JSON.stringify(each)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(stderr);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as TorchResult);
}

interface Distances {
  readonly number: number;
  /** Of the first step. */
  readonly gradient: number;
  /** Losses, errors, learning rates and lengths of gradients of all epochs; weights; running averages of batch norm. */
  readonly epochs: number;
  readonly layers: number;
  readonly statistics: number;
}

/** How far the first `count` networks are from PyTorch's in double precision, after 50 steps and more. */
function distancesFromTorch(count: number, open: OpenWorkspace): Distances[] {
  const trained = Array.from({ length: count }, (_, number) => ({
    number,
    run: trainForTorch(torchJob(number), open),
  }));
  const converged = trained.flatMap(({ number, run }) => (run === null ? [] : [{ number, ...run }]));
  const theirs = askTorch(converged.map(({ given }) => given));
  return converged.map(({ number, ours }, i) => {
    const torch = theirs[i]!;
    const names = Object.keys(torch.epochs[0]!);
    const measured = (epochs: TorchResult['epochs']) => epochs.map((epoch) => names.map((name) => epoch[name]!));
    return {
      number,
      gradient: apart(ours.firstGradient, torch.firstGradient),
      epochs: apart(measured(ours.epochs), measured(torch.epochs)),
      layers: apart(ours.layers, torch.layers),
      statistics: apart(ours.statistics, torch.statistics),
    };
  });
}

const worst = ({ gradient, epochs, layers, statistics }: Distances) => Math.max(gradient, epochs, layers, statistics);
const quantile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;

describe.skipIf(!hasTorch)('300 random networks after 50 steps, against PyTorch in double precision', () => {
  it('in double precision: the same, but for two that batch norm over pairs of examples makes chaotic', {
    timeout: 600_000,
  }, () => {
    const distances = distancesFromTorch(300, openDoubleWorkspace);
    expect(distances).toHaveLength(300);
    for (const { gradient } of distances) expect(gradient).toBeLessThan(1e-12);
    for (const one of distances) expect(worst(one), JSON.stringify(one)).toBeLessThan(1e-5);
    expect(quantile(distances.map(worst), 0.99)).toBeLessThan(1e-9);
    expect(quantile(distances.map(worst), 0.5)).toBeLessThan(1e-14);
  });

  it('in single precision: as near as rounding lets it be', { timeout: 600_000 }, () => {
    const distances = distancesFromTorch(300, chooseEngine().open);
    expect(distances.length).toBeGreaterThanOrEqual(298);
    for (const { gradient } of distances) expect(gradient).toBeLessThan(1e-4);
    expect(
      quantile(
        distances.map(({ layers }) => layers),
        0.5,
      ),
    ).toBeLessThan(1e-6);
    expect(
      quantile(
        distances.map(({ layers }) => layers),
        0.9,
      ),
    ).toBeLessThan(1e-5);
  });
});
