#!/usr/bin/env node
// The environment is read in files called config.ts and nowhere else, so that every setting is validated once and
// `config.ts` is the list of them.
import { readFileSync } from 'node:fs';
import { at, packageFiles } from './caviar/paths.mjs';

const SKIPPED = /(^|\/)(node_modules|dist|generated|bench)(\/|$)/;
/** `remember-process.ts` sees to it that tests leave the environment as it was, and takes nothing from it. */
const ALLOWED = /(^|\/)config\.ts$|\.test\.ts$|\.config\.ts$|^packages\/testing\/remember-process\.ts$/;

let found = 0;
for (const path of packageFiles()) {
  if (!path.endsWith('.ts') || SKIPPED.test(path) || ALLOWED.test(path)) continue;
  readFileSync(at(path), 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (!/\bprocess\.env\b|\benv\b.*from 'node:process'/.test(line)) return;
      found++;
      process.stderr.write(`${path}:${index + 1}: process.env is read outside a config.ts: ${line.trim()}\n`);
    });
}
process.exit(found === 0 ? 0 : 1);
