import type { OpenWorkspace } from '../kernels.js';
import { openScalarWorkspace } from '../scalar/workspace.js';
import { compile } from '../wasm/runtime.js';
import { type Abilities, detectAbilities } from './detect.js';
import { kernelModule } from './kernel-module.js';
import { probeLayout } from './probe.js';
import type { Target } from './target.js';
import { compiledAtOnce } from './v8-flags.js';
import { openSimdWorkspace } from './workspace.js';

/** What computes the networks of this process (a thread has its own). */
export interface Engine {
  readonly kind: 'wasm' | 'typescript';
  /** Whether multiply-adds round once: runs agree bit for bit between engines that say the same here. */
  readonly fused: boolean;
  /** Columns of a tile: 16 where pairs of vectors run as one, else 8. Changes the speed alone. */
  readonly tileColumns: 8 | 16;
  readonly open: OpenWorkspace;
}

let chosen: Engine | undefined;

/** The fastest engine that runs here; found out once. */
export function chooseEngine(): Engine {
  chosen ??= find(detectAbilities());
  return chosen;
}

function find({ multiplyAdd, fused }: Abilities): Engine {
  if (multiplyAdd === null) {
    return { kind: 'typescript', fused: false, tileColumns: 8, open: openScalarWorkspace };
  }
  return simdEngine({ ...probeLayout(multiplyAdd), multiplyAdd }, fused);
}

/** The WebAssembly engine laid out for a target. */
export function simdEngine(target: Target, fused: boolean): Engine {
  const bytes = kernelModule(target);
  const module = compiledAtOnce(() => compile(bytes));
  return {
    kind: 'wasm',
    fused,
    tileColumns: target.vectors === 4 ? 16 : 8,
    open: (size) => openSimdWorkspace(module, size),
  };
}
