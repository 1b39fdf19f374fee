import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 join pairs of 128-bit vector operations of WebAssembly into 256-bit ones: twice the speed of the training
 * kernels, and the same bits (docs/training-speed.md). It works from Node 24 on x64 alone, and must be said before any
 * module is compiled; elsewhere V8 does not know the flag.
 */
export function widenVectors(): void {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major >= 24 && process.arch === 'x64') setFlagsFromString('--experimental-wasm-revectorize');
}

/**
 * Has V8 leave WebAssembly as its first compiler made it. That is Prisma's planner, whose plans are kept: to compile it once
 * more, and better, takes 40 MB that do not come back. Our kernels are compiled by the better one at once.
 */
export function keepFirstTier(): void {
  setFlagsFromString('--wasm-tiering-budget=1000000000');
}
