import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The commit of prisma-engines that the installed WebAssembly engine was built from: the last part of its version
 * (`7.10.0-4.<hash>`). It must equal the hash in `@prisma/engines-version`, the one that the CLI expects.
 *
 * @returns {string} 40 hex digits
 */
export function engineHash() {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  /** @type {{ version: string }} */
  const manifest = JSON.parse(readFileSync(join(dirname(entry), 'package.json'), 'utf8'));
  return manifest.version.slice(manifest.version.lastIndexOf('.') + 1);
}
