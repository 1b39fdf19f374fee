import { expect, it } from 'vitest';
import { openDoubleWorkspace } from './engine/scalar/workspace.js';
import { apart } from './fixtures/apart.js';
import { torchJob, trainForTorch } from './fixtures/torch-cases.js';
import { TORCH_FIGURES } from './fixtures/torch-figures.js';

// What torch.long.test.ts does wherever there is PyTorch, with PyTorch's figures written down.
it.each(TORCH_FIGURES)('network $number: $what', ({ number, epochs, steps, last, weights }) => {
  const { ours } = trainForTorch(torchJob(number), openDoubleWorkspace)!;
  expect(ours.epochs.length).toBe(epochs);
  expect(steps).toBeGreaterThanOrEqual(50);
  expect(
    apart(
      Object.keys(last).map((name) => ours.epochs.at(-1)![name]!),
      last,
    ),
  ).toBeLessThan(1e-9);
  const sums = ours.layers.map(({ W }) => W.reduce((sum, row, i) => sum + (i + 1) * row.reduce((a, b) => a + b, 0), 0));
  expect(apart(sums, weights)).toBeLessThan(1e-9);
});
