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
 * Splitting nodes is for code with rare branches; of kernels the compiler of Node 20 and 22 makes 6 to 8 % slower code with it
 * where networks are small, and that of 24 the same. Stack checks, one a turn of every loop, are what lets another thread stop an endless
 * loop, and recursion end in an error: kernels have neither, and are 2 to 4 % faster without.
 */
export function compiledAtOnce<T>(work: () => T): T {
  for (const flag of WHILE_COMPILING) v8?.setFlagsFromString(`--no-${flag}`);
  try {
    return work();
  } finally {
    for (const flag of WHILE_COMPILING) v8?.setFlagsFromString(`--${flag}`);
  }
}

/** What V8 does by itself and is not to do; each of them is known from Node 20 to 26. */
const WHILE_COMPILING = ['liftoff', 'wasm-lazy-compilation', 'turbo-splitting', 'wasm-stack-checks'];
