/**
 * The one place that speaks to the JavaScript engine about itself. It asks Node for its interface to V8 instead of
 * importing it: in other engines there is nothing to switch, and nothing is lost but speed (on Node 20 also fused
 * multiply-add).
 */
const v8 = (
  globalThis as unknown as {
    readonly process?: { getBuiltinModule?(id: 'node:v8'): { setFlagsFromString(flag: string): void } };
  }
).process?.getBuiltinModule?.('node:v8');

/** Lets V8 compile relaxed SIMD, which Node 20 has behind a flag. Newer ones do not know the flag, and need none. */
export function switchOnRelaxedSimd(): void {
  v8?.setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/**
 * Has V8 compile all of a WebAssembly module with its optimising compiler within `work`, instead of quickly at first and
 * better once it has been busy: a short trial never gets that far, and a timing would measure the wrong code.
 */
export function compiledAtOnce<T>(work: () => T): T {
  v8?.setFlagsFromString('--no-liftoff');
  v8?.setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    return work();
  } finally {
    v8?.setFlagsFromString('--liftoff');
    v8?.setFlagsFromString('--wasm-lazy-compilation');
  }
}
