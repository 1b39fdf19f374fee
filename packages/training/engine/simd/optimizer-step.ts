import type { Optimizer } from '../../optim/optimizer.js';
import type { Expr } from '../wasm/code.js';
import { f32, f32x4, f64, i32, type MultiplyAdd, v128 } from '../wasm/instructions.js';
import { advance, type ModuleBuilder, repeat } from '../wasm/module.js';
import { range } from './target.js';

const STRIDE = 8;
const SCALARS = ['s0', 's1', 's2', 's3', 's4'] as const;

/** Wraps an optimiser's rule in the loop over the flat arrays; see `OptimizerStep`. */
export function emitOptimizerStep(
  module: ModuleBuilder,
  multiplyAdd: MultiplyAdd,
  { name, optimizer }: { readonly name: string; readonly optimizer: Optimizer },
): void {
  const { f, p } = module.define(optimizerStepName(name), {
    w: 'i32',
    g: 'i32',
    m: 'i32',
    v: 'i32',
    n: 'i32',
    s0: 'f64',
    s1: 'f64',
    s2: 'f64',
    s3: 'f64',
    s4: 'f64',
  });
  const { moments, vectorStep } = optimizer;
  const count = f.local('i32');
  const s = f.locals('v128', SCALARS.length);
  const complements = f.locals('v128', SCALARS.length);
  const groups = range(2).map(() => ({
    w: f.local('v128'),
    g: f.local('v128'),
    m: f.local('v128'),
    v: f.local('v128'),
    scratch: f.local('v128'),
  }));
  const constant = (value: Expr<'v128'>) => f.constant(value);
  const pointers = [p.w, p.g, ...(moments.m ? [p.m] : []), ...(moments.v ? [p.v] : [])];
  f.body(
    pointers.map((x) => x.set(i32.shl(x, 2))),
    SCALARS.map((key, i) => [
      s[i]!.set(f32x4.splat(f32.fromF64(p[key]))),
      // In double precision: 1 - 0.999 would lose half its digits in single.
      complements[i]!.set(f32x4.splat(f32.fromF64(f64.sub(f64.of(1), p[key])))),
    ]),
    repeat(count, i32.shrU(p.n, Math.log2(STRIDE)), [
      groups.map(({ g }, i) => g.set(v128.load(p.g, i * 16))),
      moments.m ? groups.map(({ m }, i) => m.set(v128.load(p.m, i * 16))) : [],
      moments.v ? groups.map(({ v }, i) => v.set(v128.load(p.v, i * 16))) : [],
      groups.map(({ w }, i) => w.set(v128.load(p.w, i * 16))),
      groups.map((group) => vectorStep({ ...group, s, complements, multiplyAdd, constant })),
      moments.m
        ? v128.storeAll(
            p.m,
            groups.map(({ m }) => m),
          )
        : [],
      moments.v
        ? v128.storeAll(
            p.v,
            groups.map(({ v }) => v),
          )
        : [],
      v128.storeAll(
        p.w,
        groups.map(({ w }) => w),
      ),
      pointers.map((x) => advance(x, STRIDE * 4)),
    ]),
  );
}

export function optimizerStepName(name: string): string {
  return `optimizerStep_${name}`;
}
