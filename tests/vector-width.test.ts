import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PRODUCTS = fileURLToPath(new URL('../packages/training/dist/bench/products.js', import.meta.url));
const FLAG = '--experimental-wasm-revectorize';
/** What the 256-bit tiles must gain; they gain 1.9 where all is well, and lose where V8 has stopped pairing vectors. */
const LEAST_RATIO = 1.4;
const ATTEMPTS = 4;

/** Best GFLOP/s of each product, in a process of its own. */
function measure(layout: 'wide' | 'narrow', flags: readonly string[]): Readonly<Record<string, number>> {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, PRODUCTS, layout, '20'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`products ${layout} failed: ${stderr}`);
  return JSON.parse(stdout) as Record<string, number>;
}

const major = Number(process.versions.node.split('.')[0]);
const reason =
  major < 24 ? `Node ${process.versions.node} has no useful ${FLAG}` : process.arch === 'x64' ? null : 'only for x64';

it.skipIf(reason !== null)(
  `V8 still pairs the vectors of every product into 256-bit ones${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    const wide: Record<string, number> = {};
    const narrow: Record<string, number> = {};
    const gain = () =>
      Object.fromEntries(Object.keys(wide).map((product) => [product, wide[product]! / narrow[product]!]));
    // In turns and the best of several: a machine busy with something else must not look like a slower V8.
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      for (const [best, now] of [
        [wide, measure('wide', [FLAG])],
        [narrow, measure('narrow', [])],
      ] as const) {
        for (const [product, rate] of Object.entries(now)) best[product] = Math.max(best[product] ?? 0, rate);
      }
      if (attempt > 0 && Object.values(gain()).every((ratio) => ratio > LEAST_RATIO)) break;
    }
    const lost = Object.entries(gain()).filter(([, ratio]) => ratio <= LEAST_RATIO);
    expect(lost, `GFLOP/s: 256 bit ${JSON.stringify(wide)}, 128 bit ${JSON.stringify(narrow)}`).toEqual([]);
  },
);
