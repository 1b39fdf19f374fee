import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORKLOADS } from './workloads.js';

// Ours beside PyTorch and scikit-learn, in turns, as Markdown tables on stdout: medians of the rounds, of each round's median epoch
// and of the fastest tenth of its epochs. Needs a python3 with torch and scikit-learn (Debian: python3-torch python3-sklearn
// libopenblas0), named by PYTHON if it is not `python3`.
// OpenBLAS picks its kernels by the processor; OPENBLAS_CORETYPE tells it. The two that matter here are measured by name: with
// 256-bit vectors (Haswell), as ours are, and with 512-bit ones (SkylakeX).
// Usage: node compare.js [rounds] [seconds per measurement] [workloads, such as W1,W2]

const [rounds = '3', seconds = '1.5', names = WORKLOADS.map(({ name }) => name).join(',')] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const python = process.env['PYTHON'] ?? 'python3';
// The script is not compiled: it stays beside the sources.
const script = join(here.replace(/dist\/bench$/, 'bench'), 'torch_and_sklearn.py');
const canPair = Number(process.versions.node.split('.')[0]) >= 24;
const flags = canPair ? ['--experimental-wasm-revectorize'] : [];

interface Contender {
  readonly name: string;
  readonly command: (workload: string) => readonly [command: string, args: readonly string[]];
  readonly coretype?: 'Haswell' | 'SkylakeX';
}

const torch = (workload: string) => [python, [script, seconds, 'torch', workload]] as const;
const CONTENDERS: readonly Contender[] = [
  {
    name: 'Caviar, 256 bit',
    command: (workload) => [process.execPath, [...flags, join(here, 'speed.js'), seconds, 'chosen', workload]],
  },
  {
    name: 'Caviar, 128 bit',
    command: (workload) => [process.execPath, [join(here, 'speed.js'), seconds, 'narrow', workload]],
  },
  { name: 'PyTorch', command: torch },
  { name: 'PyTorch, AVX2 kernels', command: torch, coretype: 'Haswell' },
  { name: 'PyTorch, AVX-512 kernels', command: torch, coretype: 'SkylakeX' },
  { name: 'scikit-learn', command: (workload) => [python, [script, seconds, 'sklearn', workload]] },
];
const FIGURES = { samplesPerSecond: 'the median epoch', fastestTenth: 'the fastest tenth of the epochs' } as const;
type Figures = Readonly<Record<keyof typeof FIGURES, number>>;

const workloads = WORKLOADS.filter(({ name }) => names.split(',').includes(name));
const measured = new Map<string, Figures[]>();
for (let round = 0; round < Number(rounds); round++) {
  for (const { name } of workloads) {
    for (const contender of CONTENDERS) {
      const key = `${contender.name} ${name}`;
      measured.set(key, [...(measured.get(key) ?? []), measure(contender, name)]);
    }
  }
}

function measure({ command, coretype }: Contender, workload: string): Figures {
  const [program, args] = command(workload);
  const env = coretype === undefined ? process.env : { ...process.env, OPENBLAS_CORETYPE: coretype };
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Figures;
}

function median(contender: string, workload: string, figure: keyof Figures): number {
  const sorted = (measured.get(`${contender} ${workload}`) ?? []).map((x) => x[figure]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

const show = (rate: number): string => (rate >= 1e6 ? `${(rate / 1e6).toFixed(2)}M` : `${(rate / 1e3).toFixed(1)}k`);

console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, medians of ${rounds} rounds`);
for (const [figure, what] of Object.entries(FIGURES) as [keyof Figures, string][]) {
  console.log(`\nSamples a second of CPU time, ${what}; in brackets what the 256-bit column is in times of it.\n`);
  console.log(`| workload | ${CONTENDERS.map(({ name }) => name).join(' | ')} |`);
  console.log(`| --- |${' --- |'.repeat(CONTENDERS.length)}`);
  for (const { name, description } of workloads) {
    const ours = median(CONTENDERS[0]!.name, name, figure);
    const cells = CONTENDERS.map((contender, i) => {
      const rate = median(contender.name, name, figure);
      return i === 0 ? show(rate) : `${show(rate)} (${(ours / rate).toFixed(2)})`;
    });
    console.log(`| ${name}: ${description} | ${cells.join(' | ')} |`);
  }
}
