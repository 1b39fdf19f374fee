import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORKLOADS } from './workloads.js';

// What two processes at once make together, in times of one alone: for every workload, and for a loop that touches nothing but
// a few numbers in the first cache, which says what the machine itself allows (its cores may share clock, caches, or be two
// threads of one). Rounds in turns, medians of each one's fastest tenth of the epochs; one JSON object a line.
// Usage: node [flags] pair.js [rounds] [seconds per measurement] [workloads, such as loop,W3]

const [rounds = '5', seconds = '1', names = ['loop', ...WORKLOADS.map(({ name }) => name)].join(',')] =
  process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

/** As `speed.js`: many short measurements by CPU time. */
const LOOP = `
const turns = 1 << 22;
function loop() { let [a, b, c, d] = [1, 2, 3, 4]; for (let i = 0; i < turns; i++) { a = a * .5 + b; b = b * .5 + c; c = c * .5 + d; d = d * .5 + a; } return a; }
const rates = [];
for (const start = performance.now(); performance.now() - start < 1000 * Number(process.argv[1]);) {
  const before = process.cpuUsage();
  loop();
  const { user, system } = process.cpuUsage(before);
  rates.push(turns / (user + system) * 1e6);
}
rates.sort((a, b) => a - b);
console.log(JSON.stringify({ fastestTenth: rates[Math.floor(0.9 * (rates.length - 1))] }));
`;

for (const name of names.split(',')) {
  const alone: number[] = [];
  const together: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    alone.push(await rate(name));
    together.push((await Promise.all([rate(name), rate(name)])).reduce((a, b) => a + b));
  }
  const [one, two] = [median(alone), median(together)];
  console.log(JSON.stringify({ name, one: Math.round(one), two: Math.round(two), ratio: (two / one).toFixed(2) }));
}

/** Samples, or turns of the loop, a second of CPU time: of the fastest tenth, as other work on the machine is not the question. */
function rate(name: string): Promise<number> {
  const args =
    name === 'loop' ? ['-e', LOOP, seconds] : [...process.execArgv, join(here, 'speed.js'), seconds, 'chosen', name];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`${name} ended with ${code}`));
      resolve((JSON.parse(output) as { fastestTenth: number }).fastestTenth);
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
