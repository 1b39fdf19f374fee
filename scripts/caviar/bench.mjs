import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { at } from './paths.mjs';
import { runNode } from './processes.mjs';

/**
 * The benchmarks by name: `bench/throughput.ts` of packages/training is `training/throughput`.
 *
 * @returns {ReadonlyMap<string, string>} name -> compiled script
 */
function benchmarks() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const top of ['apps', 'packages']) {
    for (const name of readdirSync(at(top))) {
      const folder = at(top, name, 'bench');
      if (!existsSync(folder)) continue;
      for (const file of readdirSync(folder)) {
        if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
        const bench = basename(file, '.ts');
        found.set(`${name}/${bench}`, join(at(top, name), 'dist', 'bench', `${bench}.js`));
      }
    }
  }
  return found;
}

/**
 * Runs one benchmark with the rest of the arguments; lists all when none, or an unknown one, is named.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function runBench([wanted, ...args]) {
  const all = benchmarks();
  const script = all.get(wanted ?? '') ?? [...all].find(([name]) => name.endsWith(`/${wanted}`))?.[1];
  if (script !== undefined) return (await runNode(script, args)).code;
  const list = all.size === 0 ? '  (there are none yet)\n' : [...all.keys()].map((name) => `  ${name}\n`).join('');
  process.stdout.write(`npm run bench -- NAME, where NAME is one of\n${list}`);
  return wanted === undefined ? 0 : 1;
}
