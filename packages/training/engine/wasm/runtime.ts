/**
 * The part of WebAssembly's JavaScript interface that we use. It is typed here because TypeScript knows it only together
 * with all of the browser.
 */
export interface WasmModule {
  readonly __module: unique symbol;
}

interface WasmApi {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Memory: new (pages: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
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
  readonly buffer: ArrayBuffer;
  readonly exports: Readonly<Record<string, (...args: number[]) => number>>;
}

export function instantiate(module: WasmModule, bytes: number): Instance {
  if (api === undefined) throw new Error('this JavaScript engine has no WebAssembly');
  const memory = new api.Memory({ initial: Math.max(1, Math.ceil(bytes / PAGE_BYTES)) });
  return { buffer: memory.buffer, exports: new api.Instance(module, { env: { memory } }).exports };
}
