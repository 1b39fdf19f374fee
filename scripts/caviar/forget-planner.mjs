import { readFileSync, writeFileSync } from 'node:fs';
import { at } from './paths.mjs';

const CLASS = 'packages/db/generated/internal/class.ts';
const GENERATED =
  /const \{ wasm \} = await import\(("[^"]+wasm-base64\.mjs")\)\s+return await decodeBase64AsWasm\(wasm\)/;

const READS_ITS_FILE =
  'const { readPlanner } = await import("../../planner.js")\n    return new WebAssembly.Module(await readPlanner($1))';

/** Has the generated client read its planner by `packages/db/planner.ts`, which says why. Throws when it is not as expected. */
export function forgetPlanner() {
  const text = readFileSync(at(CLASS), 'utf8');
  if (text.includes('await readPlanner(')) return; // `generate --help` has generated nothing
  const changed = text.replace(GENERATED, READS_ITS_FILE);
  if (changed === text)
    throw new Error(`${CLASS} loads the planner in another way than scripts/caviar/forget-planner.mjs knows`);
  writeFileSync(at(CLASS), changed);
}
