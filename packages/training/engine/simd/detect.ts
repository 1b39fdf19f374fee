import { FUSED, f32x4, type MultiplyAdd, SEPARATE, v128 } from '../wasm/instructions.js';
import { ModuleBuilder } from '../wasm/module.js';
import { compile, instantiate, validates } from '../wasm/runtime.js';
import { switchOnRelaxedSimd } from './v8-flags.js';

/** What the JavaScript engine and the processor can do. */
export interface Abilities {
  /** Null without vector instructions. */
  readonly multiplyAdd: MultiplyAdd | null;
  /** Whether a multiply-add rounds once. It decides the last bits of every result. */
  readonly fused: boolean;
}

/**
 * Finds out by trying. Fused multiply-add is part of relaxed SIMD, which Node 20 has behind a flag of V8; it is switched
 * on here.
 */
export function detectAbilities(): Abilities {
  if (!validates(multiplyAddModule(SEPARATE))) return { multiplyAdd: null, fused: false };
  const relaxed = multiplyAddModule(FUSED);
  if (!validates(relaxed)) switchOnRelaxedSimd();
  if (!validates(relaxed)) return { multiplyAdd: SEPARATE, fused: false };
  return { multiplyAdd: FUSED, fused: roundsOnce(relaxed) };
}

/** One function: memory[12..] = memory[0..] * memory[4..] + memory[8..]. */
function multiplyAddModule(multiplyAdd: MultiplyAdd): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const { f, p } = module.define('multiplyAdd', { at: 'i32' });
  const operand = (i: number) => v128.load(p.at, i * 16);
  f.body(v128.store(p.at, f32x4.add(multiplyAdd.add(operand(0), operand(1), operand(2)), f32x4.of(0)), 48));
  return module.bytes();
}

/** (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 when rounded once; the product alone rounds to 1 + 2^-11. */
function roundsOnce(bytes: Uint8Array<ArrayBuffer>): boolean {
  const { memory, exports } = instantiate(compile(bytes), 64);
  const floats = new Float32Array(memory.buffer);
  const step = 1 / 4096;
  floats.fill(1 + step, 0, 8).fill(-(1 + 2 * step), 8, 12);
  exports['multiplyAdd']!(0);
  return floats[12] === step * step;
}
