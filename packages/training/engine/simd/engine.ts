import type { OpenWorkspace } from '../kernels.js';
import { openScalarWorkspace } from '../scalar/workspace.js';
import { compile, type WasmModule } from '../wasm/runtime.js';
import { type Abilities, detectAbilities } from './detect.js';
import { kernelModule } from './kernel-module.js';
import { probeLayout } from './probe.js';
import type { Target } from './target.js';
import { compiledAtOnce } from './v8-flags.js';
import { openSimdWorkspaces } from './workspace.js';

/** What computes the networks of this thread. */
export interface Engine {
  readonly kind: 'wasm' | 'typescript';
  /** Whether multiply-adds round once: runs agree bit for bit between engines that say the same here. */
  readonly fused: boolean;
  /** Columns of a tile: 16 where pairs of vectors run as one, else 8. Changes the speed alone. */
  readonly tileColumns: 8 | 16;
  readonly open: OpenWorkspace;
  /** For the other threads of the process. */
  readonly shared: SharedEngine;
}

/** What was found out and compiled, as data that a message can carry. */
export type SharedEngine = Pick<Engine, 'kind' | 'fused' | 'tileColumns'> & {
  /** Null for the plain TypeScript form. */
  readonly module: WasmModule | null;
};

let chosen: Engine | undefined;

/** The fastest engine that runs here; found out once. */
export function chooseEngine(): Engine {
  chosen ??= find(detectAbilities());
  return chosen;
}

/** Has this thread compute with what another one of its process has found out, instead of finding it out again. */
export function shareEngine(shared: SharedEngine): void {
  chosen = engineOf(shared);
}

function engineOf(shared: SharedEngine): Engine {
  const { module, ...found } = shared;
  return { ...found, open: module === null ? openScalarWorkspace : openSimdWorkspaces(module), shared };
}

function find({ multiplyAdd, fused }: Abilities): Engine {
  if (multiplyAdd === null) return engineOf({ kind: 'typescript', fused: false, tileColumns: 8, module: null });
  return simdEngine({ ...probeLayout(multiplyAdd), multiplyAdd }, fused);
}

/** The WebAssembly engine laid out for a target. */
export function simdEngine(target: Target, fused: boolean): Engine {
  const bytes = kernelModule(target);
  const module = compiledAtOnce(() => compile(bytes));
  return engineOf({ kind: 'wasm', fused, tileColumns: target.vectors === 4 ? 16 : 8, module });
}
