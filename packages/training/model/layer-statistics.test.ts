import { describe, expect, it } from 'vitest';
import { openDoubleWorkspace } from '../engine/scalar/workspace.js';
import { clouds, mlpJob } from '../fixtures/jobs.js';
import { setUp } from '../setup.js';
import { activationStatistics, sparsity } from './layer-statistics.js';
import { weightAt } from './layout.js';

const setup = setUp(mlpJob(clouds({ rows: 20, features: 2, classes: 2 }), { hiddenUnits: 18 }), openDoubleWorkspace);
const { workspace, layout } = setup;
const layer = layout.layers[0]!;

describe('activationStatistics', () => {
  it('takes units and rows that there are, not the padding', () => {
    // Five rows (padded to eight) of 18 units in two panels: unit 0 is 3 everywhere, unit 17 is 0, -1, -2, -3, -4.
    const stride = 8 * 16;
    workspace.floats.fill(99, layer.output, layer.output + 2 * stride);
    for (let unit = 0; unit < 18; unit++) {
      for (let r = 0; r < 5; r++) {
        const value = unit === 0 ? 3 : unit === 17 ? -r : 0;
        workspace.floats[layer.output + (unit >> 4) * stride + r * 16 + (unit & 15)] = value;
      }
    }
    const statistics = activationStatistics(workspace, layer, 5);
    // Sum 15 - 10 of 90 values; squares 45 + 30.
    expect(statistics.mean).toBeCloseTo(5 / 90, 12);
    expect(statistics.variance).toBeCloseTo(75 / 90 - (5 / 90) * (5 / 90), 12);
    expect(statistics.deadShare).toBeCloseTo(16 / 18, 12);
  });
});

describe('sparsity', () => {
  it('is the share of small weights of all layers', () => {
    workspace.floats.fill(0.5, layout.parameters, layout.parameters + layout.weightCount);
    workspace.floats[layout.parameters + weightAt(layer, 1, 17)] = -0.0009;
    workspace.floats[layout.parameters + weightAt(layout.layers[1]!, 3, 0)] = 0;
    expect(sparsity(workspace, layout)).toBeCloseTo(2 / (2 * 18 + 18), 12);
  });
});
