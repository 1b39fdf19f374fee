import { type SearchSpace, spaceSchema } from '@caviar/spec';
import { describe, expect, test } from 'vitest';
import { randomDraw } from '../samplers/random.js';
import { compileSpace } from '../space/compile-space.js';
import type { ValuedTrial } from './encode-trials.js';
import { type Importance, importance, type NoImportance } from './importance.js';

type Value = (x: Readonly<Record<string, number>>, params: ValuedTrial['params']) => number;

/** Independent draws (a search would not repeat itself), with the value of a function of the numeric params. */
function trialsOf(space: SearchSpace, count: number, value: Value): ValuedTrial[] {
  const draw = randomDraw(compileSpace(space), 42);
  return Array.from({ length: count }, (_, number) => {
    const params = draw(number);
    return { number, params, value: value(params as Record<string, number>, params) };
  });
}

function drain(steps: Generator<void, Importance | NoImportance>): Importance | NoImportance {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function analyze(space: SearchSpace, trials: readonly ValuedTrial[]): Importance {
  const found = drain(importance(space, trials, { seed: 1 }));
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const shareOf = (found: Importance, name: string) => found.parameters.find((one) => one.name === name)!.share;
const pairOf = (found: Importance, a: string, b: string) =>
  found.pairs.find(({ names }) => names.includes(a) && names.includes(b))?.share ?? 0;

function expectNear(share: number, exact: number, tolerance: number): void {
  expect(Math.abs(share - exact), `${share} for ${exact}`).toBeLessThan(tolerance);
}

const unit = (...names: readonly string[]) =>
  spaceSchema.parse(Object.fromEntries(names.map((name) => [name, { kind: 'float', min: 0, max: 1 }])));

describe('shares known in closed form', () => {
  test('a sum: each term has its own variance, pairs have none', () => {
    // Var(c u) = c^2 / 12 for u uniform in [0, 1]: 16, 4, 1 and 0 of 21.
    const space = unit('a', 'b', 'c', 'idle');
    const found = analyze(
      space,
      trialsOf(space, 1_000, ({ a, b, c }) => 4 * a! + 2 * b! + c!),
    );
    expectNear(shareOf(found, 'a'), 16 / 21, 0.03);
    expectNear(shareOf(found, 'b'), 4 / 21, 0.03);
    expectNear(shareOf(found, 'c'), 1 / 21, 0.03);
    expect(shareOf(found, 'idle')).toBeLessThan(0.005);
    for (const { share } of found.pairs) expect(share).toBeLessThan(0.02);
    expect(found.parameters.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'idle']);
  });

  test("Sobol's function g: a product of |4u - 2| + a over 1 + a", () => {
    // V_i = 1 / (3 (1 + a_i)^2), V_ij = V_i V_j, V = prod(1 + V_i) - 1 (Saltelli, Sobol 1995). a = 0, 1, 9.
    const space = unit('x', 'y', 'z');
    const g = (u: number, a: number) => (Math.abs(4 * u - 2) + a) / (1 + a);
    const found = analyze(
      space,
      trialsOf(space, 1_000, ({ x, y, z }) => g(x!, 0) * g(y!, 1) * g(z!, 9)),
    );
    const [vx, vy, vz] = [0, 1, 9].map((a) => 1 / (3 * (1 + a) ** 2)) as [number, number, number];
    const total = (1 + vx) * (1 + vy) * (1 + vz) - 1;
    expectNear(shareOf(found, 'x'), vx / total, 0.03);
    expectNear(shareOf(found, 'y'), vy / total, 0.03);
    expectNear(shareOf(found, 'z'), vz / total, 0.03);
    expectNear(pairOf(found, 'x', 'y'), (vx * vy) / total, 0.03);
    expect(found.fit).toBeGreaterThan(0.9);
  });

  test('a product without main effects is all in the pair', () => {
    // (x - 1/2)(y - 1/2): both marginals are 0 everywhere.
    const space = unit('x', 'y');
    const found = analyze(
      space,
      trialsOf(space, 1_000, ({ x, y }) => (x! - 0.5) * (y! - 0.5)),
    );
    expect(pairOf(found, 'x', 'y')).toBeGreaterThan(0.9);
  });

  test('scales count: uniform in the logarithm', () => {
    // log10(rate) is uniform in [-4, 0], variance 16/12; units, uniform over 1 to 10, (100 - 1)/12 times 0.04.
    const space = spaceSchema.parse({
      rate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
      units: { kind: 'int', min: 1, max: 10 },
    });
    const found = analyze(
      space,
      trialsOf(space, 1_000, ({ rate, units }) => Math.log10(rate!) + 0.2 * units!),
    );
    const [rate, units] = [16 / 12, (99 / 12) * 0.04];
    expectNear(shareOf(found, 'rate'), rate / (rate + units), 0.03);
    expectNear(shareOf(found, 'units'), units / (rate + units), 0.03);
  });

  test('choices and a parameter that only one of them has', () => {
    // kind is one of three with the effects 0, 0, 1 + u, u existing only there:
    // E = 1/2, Var(E|kind) = (2/3)(1/2)^2 + (1/3)(1)^2 = 1/2; E(f|u) = (1 + u)/3: variance 1/108;
    // E f^2 = (1/3)(7/3) = 7/9, V = 7/9 - 1/4 = 19/36; pair = 19/36 - 1/2 - 1/108 = 1/54.
    const space = spaceSchema.parse({
      kind: { kind: 'categorical', choices: ['a', 'b', 'c'] },
      u: { kind: 'float', min: 0, max: 1, when: { kind: ['c'] } },
    });
    const found = analyze(
      space,
      trialsOf(space, 1_000, ({ u }, { kind }) => (kind === 'c' ? 1 + u! : 0)),
    );
    expectNear(shareOf(found, 'kind'), 18 / 19, 0.01);
    expectNear(shareOf(found, 'u'), 1 / 57, 0.01);
    expectNear(pairOf(found, 'kind', 'u'), 2 / 57, 0.01);
  });
});

describe('the answer', () => {
  const space = unit('a', 'b');
  const trials = trialsOf(space, 100, ({ a, b }) => 3 * a! * b! + a!);

  test('has shares that are one whole at most, and says how far to trust it', () => {
    const found = analyze(space, trials);
    const all = [...found.parameters, ...found.pairs];
    expect(all.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9); // two parameters: nothing is left over
    for (const { share, spread } of all) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(spread).toBeGreaterThan(0);
    }
    expect(found).toMatchObject({ trials: 100, trees: 32 });
    expect(found.fit).toBeGreaterThan(0.9);
  });

  test('is worth nothing for noise, and says so', () => {
    const noise = analyze(
      space,
      trials.map((trial) => ({ ...trial, value: Math.sin(1e6 * (trial.number + 1) ** 2) })),
    );
    expect(noise.fit).toBeLessThan(0.1);
  });

  test('depends on seed and trials, not on their order, and on unit, origin and sign only by rounding', () => {
    const found = analyze(space, trials);
    expect(analyze(space, [...trials].reverse())).toEqual(found);
    const shifted = analyze(
      space,
      trials.map((trial) => ({ ...trial, value: 8 - 1024 * trial.value })),
    );
    for (const { name, share } of found.parameters) expectNear(shareOf(shifted, name), share, 0.005);
    expect(drain(importance(space, trials, { seed: 2 }))).not.toEqual(found);
  });

  test('leaves out trials that the space cannot hold: of an earlier space, or of the caller', () => {
    const strangers = [{ a: 2, b: 0.5 }, { a: 0.5 }, { a: 'x', b: 0.5 }].map((params, i) => ({
      number: 200 + i,
      params,
      value: 1000,
    }));
    expect(analyze(space, [...trials, ...strangers])).toEqual(analyze(space, trials));
  });

  test.each([1e-300, 1e308])('bears values of %d', (size) => {
    const found = analyze(
      space,
      trials.map((trial) => ({ ...trial, value: (trial.value - 2) * 0.4 * size })),
    );
    expectNear(shareOf(found, 'a'), shareOf(analyze(space, trials), 'a'), 0.005);
  });

  test('is none for too few trials, or when all came to the same', () => {
    expect(drain(importance(space, trials.slice(0, 15), { seed: 1 }))).toBe('too-few-trials');
    expect(drain(importance(space, [], { seed: 1 }))).toBe('too-few-trials');
    const same = trials.map((trial) => ({ ...trial, value: 0.1 }));
    expect(drain(importance(space, same, { seed: 1 }))).toBe('no-variance');
  });

  test('is none when no parameter can be varied', () => {
    const fixed = spaceSchema.parse({ only: { kind: 'int', min: 3, max: 3 } });
    const noisy = trials.map(({ number, value }) => ({ number, params: { only: 3 }, value }));
    expect(drain(importance(fixed, noisy, { seed: 1 }))).toBe('no-variance');
  });

  test('finds what matters among 200 parameters', () => {
    const names = Array.from({ length: 200 }, (_, i) => `p${i}`);
    const many = unit(...names);
    const found = analyze(
      many,
      trialsOf(many, 150, ({ p17, p90 }) => 2 * p17! + p90!),
    );
    expect(found.parameters.slice(0, 2).map(({ name }) => name)).toEqual(['p17', 'p90']);
    expect(found.pairs).toHaveLength(10);
  });
});
