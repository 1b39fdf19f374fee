import { describe, expect, it } from 'vitest';
import { ArenaPlan } from '../engine/arena.js';
import { openDoubleWorkspace } from '../engine/scalar/workspace.js';
import type { Head } from '../loss/head.js';
import { type NetworkShape, planNetwork, weightAt } from './layout.js';
import { Network } from './network.js';

/** A network in double precision with given weights, on given examples. */
function build(options: {
  shape: Partial<NetworkShape> & { sizes: number[]; head: Head };
  weights: number[][][];
  biases?: number[][];
  inputs: number[][];
  targets: number[];
}) {
  const shape: NetworkShape = {
    activation: 'relu',
    keepProbs: new Array(options.shape.sizes.length - 2).fill(1),
    inputKeepProb: 1,
    batchNorm: false,
    ...options.shape,
  };
  const plan = new ArenaPlan();
  const rows = options.inputs.length;
  const layout = planNetwork(plan, shape, { capacity: rows, moments: { m: false, v: false } });
  const stride = layout.layers[0]!.inPanels * 16;
  const source = { features: plan.reserve(rows * stride), targets: plan.reserve(rows) };
  const [index, classWeights, counters] = [plan.reserve(rows), plan.reserve(20), plan.reserve(1)];
  const workspace = openDoubleWorkspace(plan.size);
  const { floats, ints } = workspace;
  floats.fill(1, classWeights!, classWeights! + 20);
  options.inputs.forEach((row, r) => {
    floats.set(row, source.features + r * stride);
    ints[index! + r] = r;
    if (shape.head === 'squaredError') floats[source.targets + r] = options.targets[r]!;
    else ints[source.targets + r] = options.targets[r]!;
  });
  layout.layers.forEach((layer, l) => {
    options.weights[l]!.forEach((row, i) => {
      row.forEach((w, o) => {
        floats[layout.parameters + weightAt(layer, i, o)] = w;
      });
    });
    floats.set(options.biases?.[l] ?? [], layout.parameters + layer.bias!);
    if (l === layout.layers.length - 1 && shape.head === 'softmax') {
      const bias = layout.parameters + layer.bias!;
      floats.fill(-1e30, bias + layer.outSize, bias + layer.outPanels * layer.outWidth);
    }
  });
  const network = new Network(workspace, layout);
  const pass = { keys: [null, ...layout.layers].map((_, l): [number, number] => [12345 + l, 6789]), momentum: 0.9 };
  return {
    workspace,
    layout,
    run: (training = false) => {
      ints[counters!] = 0;
      network.gather(source.features, index!, rows);
      network.prepareInference(1);
      network.forward(rows, training ? pass : null);
      const loss = network.loss(source, index!, {
        rows,
        scale: 1 / rows,
        classWeights: classWeights!,
        wrong: counters!,
      });
      network.backward(rows, pass.keys);
      return { loss, wrong: ints[counters!]! };
    },
    logits: (row: number, units: number) => {
      const { output, outWidth } = layout.layers.at(-1)!;
      return [...floats.subarray(output + row * outWidth, output + row * outWidth + units)];
    },
    dLogits: (row: number, units: number) => {
      const { dOutput, outWidth } = layout.layers.at(-1)!;
      return [...floats.subarray(dOutput + row * outWidth, dOutput + row * outWidth + units)];
    },
    gradient: (l: number, i: number, o: number) => floats[layout.gradients + weightAt(layout.layers[l]!, i, o)]!,
    biasGradient: (l: number, o: number) => floats[layout.gradients + layout.layers[l]!.bias! + o]!,
  };
}

describe('one example worked by hand', () => {
  // x = (1, 2); hidden z = x W1 + b1 = (1*1 + 2*0.5 + 0, 1*(-1) + 2*0.25 + 0.1) = (2, -0.4); relu: a = (2, 0).
  // Output z = 2 * 0.5 + 0 * 3 - 0.2 = 0.8; target 0.3: dz = 0.5, loss 0.125.
  const net = build({
    shape: { sizes: [2, 2, 1], head: 'squaredError' },
    weights: [
      [
        [1, -1],
        [0.5, 0.25],
      ],
      [[0.5], [3]],
    ],
    biases: [[0, 0.1], [-0.2]],
    inputs: [[1, 2]],
    targets: [0.3],
  });

  it('goes forward', () => {
    expect(net.run().loss).toBeCloseTo(0.125, 15);
    expect(net.logits(0, 1)[0]).toBeCloseTo(0.8, 15);
  });

  it('goes backward', () => {
    net.run();
    // dW2 = a dz = (1, 0), db2 = 0.5; dz1 = (0.5 * 0.5, 0); dW1 = x dz1.
    expect(net.gradient(1, 0, 0)).toBeCloseTo(1, 15);
    expect(net.gradient(1, 1, 0)).toBe(0);
    expect(net.biasGradient(1, 0)).toBeCloseTo(0.5, 15);
    expect(net.gradient(0, 0, 0)).toBeCloseTo(0.25, 15);
    expect(net.gradient(0, 1, 0)).toBeCloseTo(0.5, 15);
    expect(net.gradient(0, 0, 1)).toBe(0);
    expect(net.biasGradient(0, 0)).toBeCloseTo(0.25, 15);
    expect(net.biasGradient(0, 1)).toBe(0);
  });
});

describe('heads', () => {
  it("computes the notes' softmax example (5, 2, -1, 3)", () => {
    // Bias alone makes the logits; the target is class 0. dz = yhat - y (seed 3.5).
    const net = build({
      shape: { sizes: [1, 4], head: 'softmax' },
      weights: [[[0, 0, 0, 0]]],
      biases: [[5, 2, -1, 3]],
      inputs: [[1]],
      targets: [0],
    });
    const { loss, wrong } = net.run();
    const yhat = net.dLogits(0, 4).map((dz, unit) => dz + (unit === 0 ? 1 : 0));
    expect(yhat.map((p) => Math.round(p * 1000) / 1000)).toEqual([0.842, 0.042, 0.002, 0.114]);
    expect(loss).toBeCloseTo(-Math.log(yhat[0]!), 12);
    expect(wrong).toBe(0);
  });

  it('gives two classes the same probabilities as the logistic head', () => {
    // C = 2 softmax on (0, z) is the sigmoid of z.
    const inputs = [[0.3], [-1.2], [4]];
    const targets = [1, 0, 0];
    const two = build({
      shape: { sizes: [1, 2], head: 'softmax' },
      weights: [[[0, 1.7]]],
      biases: [[0, 0.4]],
      inputs,
      targets,
    });
    const one = build({
      shape: { sizes: [1, 1], head: 'logistic' },
      weights: [[[1.7]]],
      biases: [[0.4]],
      inputs,
      targets,
    });
    const [a, b] = [two.run(), one.run()];
    expect(b.loss).toBeCloseTo(a.loss, 12);
    expect(b.wrong).toBe(a.wrong);
    expect(a.wrong).toBe(1);
    for (const row of [0, 1, 2]) expect(one.dLogits(row, 1)[0]).toBeCloseTo(two.dLogits(row, 2)[1]!, 12);
  });

  it('does not overflow, and counts a tie as the first class', () => {
    const net = build({
      shape: { sizes: [1, 20], head: 'softmax' },
      weights: [[new Array(20).fill(0)]],
      biases: [[1000, 1000, ...new Array(18).fill(-1000)]],
      inputs: [[1], [1]],
      targets: [0, 1],
    });
    const { loss, wrong } = net.run();
    expect(loss).toBeCloseTo(2 * Math.log(2), 12);
    expect(wrong).toBe(1);
  });
});

describe('batches', () => {
  it('a batch has the mean gradient of its parts, whatever their sizes', () => {
    const inputs = Array.from({ length: 7 }, (_, r) => [r - 3, (r * r) / 10, 1 / (r + 1)]);
    const targets = [0, 1, 2, 2, 1, 0, 1];
    const weights = [
      [
        [0.3, -0.2, 0.5, 0.9],
        [1, 0.4, -0.6, 0.1],
        [-0.7, 0.2, 0.8, 0.5],
      ],
      [
        [0.2, -0.5, 0.4],
        [0.9, 0.3, -0.1],
        [-0.4, 0.6, 0.7],
        [0.1, 0.8, -0.9],
      ],
    ];
    const net = (from: number, to: number) =>
      build({
        shape: { sizes: [3, 4, 3], head: 'softmax', activation: 'tanh' },
        weights,
        inputs: inputs.slice(from, to),
        targets: targets.slice(from, to),
      });
    const [whole, first, second] = [net(0, 7), net(0, 5), net(5, 7)];
    const losses = [whole, first, second].map((n) => n.run().loss);
    expect(losses[0]).toBeCloseTo(losses[1]! + losses[2]!, 12);
    for (const [l, i, o] of [
      [0, 0, 0],
      [0, 2, 3],
      [1, 1, 2],
      [1, 3, 0],
    ] as const) {
      const mean = (5 * first.gradient(l, i, o) + 2 * second.gradient(l, i, o)) / 7;
      expect(whole.gradient(l, i, o)).toBeCloseTo(mean, 12);
    }
  });
});

describe('dropout', () => {
  const wide = (keepProb: number, inputKeepProb = 1, rows = 8) =>
    build({
      shape: { sizes: [1, 3000, 1], head: 'squaredError', keepProbs: [keepProb], inputKeepProb },
      weights: [[new Array(3000).fill(1)], new Array(3000).fill([1 / 3000])],
      inputs: Array.from({ length: rows }, () => [2]),
      targets: new Array(rows).fill(0),
    });

  it('keeps the expectation in training and is off otherwise', () => {
    const net = wide(0.8);
    net.run(false);
    expect(net.logits(0, 1)[0]).toBeCloseTo(2, 12);
    net.run(true);
    const outputs = Array.from({ length: 8 }, (_, row) => net.logits(row, 1)[0]!);
    // Mean of 3000 units that are 2 / 0.8 with probability 0.8: deviation 2 * sqrt(0.25 / 3000) = 0.018.
    for (const output of outputs) expect(Math.abs(output - 2)).toBeLessThan(0.09);
    expect(new Set(outputs).size).toBe(8);
  });

  it('passes gradients through kept units only, scaled alike', () => {
    const net = wide(0.5, 1, 1);
    net.run(true);
    const gradients = Array.from({ length: 3000 }, (_, o) => net.gradient(0, 0, o));
    // x * dz * w2 / keepProb for a unit that was kept, and nothing for the others.
    const passed = (2 * net.dLogits(0, 1)[0]!) / 3000 / 0.5;
    const kept = gradients.filter((g) => g !== 0);
    for (const g of kept) expect(g).toBeCloseTo(passed, 12);
    // Five standard deviations of a binomial of 3000 and 1/2.
    expect(Math.abs(kept.length - 1500)).toBeLessThan(137);
  });

  it('drops inputs as well', () => {
    const net = wide(1, 0.5);
    net.run(true);
    const outputs = Array.from({ length: 8 }, (_, row) => net.logits(row, 1)[0]!);
    for (const output of outputs) expect([0, 4]).toContain(Math.round(output * 1e9) / 1e9);
    expect(new Set(outputs.map(Math.round)).size).toBe(2);
  });
});
