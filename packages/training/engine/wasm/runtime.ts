/**
 * The part of WebAssembly's JavaScript interface that we use. It is typed here because TypeScript knows it only together
 * with all of the browser.
 */
export interface WasmModule {
  readonly __module: unique symbol;
}

interface WasmMemory {
  /** Another one after each `grow`; the one before is detached. */
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WasmApi {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Memory: new (pages: { readonly initial: number }) => WasmMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Readonly<Record<string, (...args: number[]) => number>> };
}

const PAGE_BYTES = 65_536;

/** Undefined where there is no WebAssembly at all. */
const api = (globalThis as unknown as { readonly WebAssembly?: WasmApi }).WebAssembly;

/** Whether this engine knows every instruction of the module. */
export function validates(bytes: Uint8Array<ArrayBuffer>): boolean {
  return api?.validate(bytes) ?? false;
}

export function compile(bytes: Uint8Array<ArrayBuffer>): WasmModule {
  if (api === undefined) throw new Error('this JavaScript engine has no WebAssembly');
  return new api.Module(bytes);
}

/** Functions of a module over a memory of their own, which is zero at first. */
export interface Instance {
  readonly memory: WasmMemory;
  readonly exports: Readonly<Record<string, (...args: number[]) => number>>;
}

export function instantiate(module: WasmModule, bytes: number): Instance {
  if (api === undefined) throw new Error('this JavaScript engine has no WebAssembly');
  const memory = new api.Memory({ initial: pagesFor(bytes) });
  return { memory, exports: new api.Instance(module, { env: { memory } }).exports };
}

/** Makes a used memory as good as a new one of `bytes`: larger where it is too small, and zero. */
export function renew({ memory }: Instance, bytes: number): void {
  const used = memory.buffer.byteLength;
  if (used < bytes) memory.grow(pagesFor(bytes) - used / PAGE_BYTES);
  new Uint8Array(memory.buffer, 0, Math.min(used, bytes)).fill(0);
}

function pagesFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE_BYTES));
}
