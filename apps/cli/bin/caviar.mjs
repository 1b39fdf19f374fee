#!/usr/bin/env node
// `caviar`, wherever it is linked from: the checkout is brought to where it can run, then the command line is.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const script = join(here, '../../../scripts/caviar.mjs');
process.argv.splice(1, 1, script, 'caviar');
await import(pathToFileURL(script).href);
