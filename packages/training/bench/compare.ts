import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORKLOADS } from '../fixtures/workloads.js';

// Ours beside PyTorch and scikit-learn: medians of interleaved rounds, as a Markdown table on stdout. Needs a python3 with
// torch and scikit-learn (Debian: python3-torch python3-sklearn libopenblas0), named by PYTHON if it is not `python3`.
// Usage: node compare.js [rounds] [seconds per measurement]

const [rounds = '3', seconds = '1.5'] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const python = process.env['PYTHON'] ?? 'python3';
// The script is not compiled: it stays beside the sources.
const script = join(here.replace(/dist\/bench$/, 'bench'), 'torch_and_sklearn.py');
const canPair = Number(process.versions.node.split('.')[0]) >= 24;
const flags = canPair ? ['--experimental-wasm-revectorize'] : [];

const contenders: Readonly<Record<string, (name: string) => [command: string, args: string[]]>> = {
  'Caviar, 256 bit': (name) => [process.execPath, [...flags, join(here, 'speed.js'), seconds, 'chosen', name]],
  'Caviar, 128 bit': (name) => [process.execPath, [join(here, 'speed.js'), seconds, 'narrow', name]],
  PyTorch: (name) => [python, [script, seconds, 'torch', name]],
  'scikit-learn': (name) => [python, [script, seconds, 'sklearn', name]],
};

const rates = new Map<string, number[]>();
for (let round = 0; round < Number(rounds); round++) {
  for (const { name } of WORKLOADS) {
    for (const [contender, command] of Object.entries(contenders)) {
      const rate = measure(...command(name));
      const key = `${contender} ${name}`;
      rates.set(key, [...(rates.get(key) ?? []), rate]);
    }
  }
}

function measure(command: string, args: readonly string[]): number {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
  return (JSON.parse(stdout.trim().split('\n').at(-1)!) as { samplesPerSecond: number }).samplesPerSecond;
}

const median = (contender: string, workload: string): number => {
  const sorted = (rates.get(`${contender} ${workload}`) ?? []).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
};
const show = (rate: number): string => (rate >= 1e6 ? `${(rate / 1e6).toFixed(2)}M` : `${(rate / 1e3).toFixed(1)}k`);

console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, medians of ${rounds} rounds\n`);
console.log(
  '| samples a second | Caviar, 256 bit | Caviar, 128 bit | PyTorch | scikit-learn | to PyTorch | to scikit-learn |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const { name, description } of WORKLOADS) {
  const [wide, narrow, torch, sklearn] = Object.keys(contenders).map((contender) => median(contender, name)) as [
    number,
    number,
    number,
    number,
  ];
  const cells = [wide, narrow, torch, sklearn].map(show);
  console.log(
    `| ${name}: ${description} | ${cells.join(' | ')} | ${(wide / torch).toFixed(2)} | ${(wide / sklearn).toFixed(2)} |`,
  );
}
