import { median } from '@caviar/numerics';
import type { SamplerSpec } from '@caviar/spec';
import { PROBLEMS } from './problems/index.js';
import type { Problem } from './problems/problem.js';
import { bestSoFar } from './regret/best-so-far.js';
import { regretScale } from './regret/scale.js';

// Normalised regret after 25, 50 and 100 trials, one trial at a time: the median over the seeds, as a Markdown table on
// stdout. Usage: node search.js [seeds] [sampler,...] [problem,...] [first seed]

const [seeds = '20', wantedSamplers = '', wantedProblems = '', firstSeed = '0'] = process.argv.slice(2);
const MARKS = [25, 50, 100];

/** What is compared; `perTrial` trials of it count as one. */
const CONTENDERS: readonly { readonly name: string; readonly sampler: SamplerSpec; readonly perTrial: number }[] = [
  { name: 'random', sampler: { kind: 'random' }, perTrial: 1 },
  { name: 'random x2', sampler: { kind: 'random' }, perTrial: 2 },
  { name: 'sobol', sampler: { kind: 'sobol' }, perTrial: 1 },
  { name: 'tpe', sampler: { kind: 'tpe', startup: 10, candidates: 24 }, perTrial: 1 },
  {
    name: 'coarse-to-fine',
    sampler: { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
    perTrial: 1,
  },
  { name: 'cma-es', sampler: { kind: 'cma-es' }, perTrial: 1 },
  { name: 'gp', sampler: { kind: 'gp', startup: 10 }, perTrial: 1 },
];

const chosen = <T extends { readonly name: string }>(all: readonly T[], names: string): readonly T[] =>
  names === '' ? all : all.filter(({ name }) => names.split(',').includes(name));
const contenders = chosen(CONTENDERS, wantedSamplers);

console.log(`| function | ${contenders.map(({ name }) => name).join(' | ')} |`);
console.log(`| --- |${' --- |'.repeat(contenders.length)}`);
for (const problem of chosen(PROBLEMS, wantedProblems)) {
  const cells = contenders.map(({ sampler, perTrial }) => regrets(problem, sampler, perTrial).map(show).join(' / '));
  console.log(`| ${problem.name} | ${cells.join(' | ')} |`);
}

function regrets(problem: Problem, sampler: SamplerSpec, perTrial: number): number[] {
  const regret = regretScale(problem);
  const runs = Array.from({ length: Number(seeds) }, (_, i) =>
    bestSoFar(problem, { sampler, trials: 100 * perTrial, seed: Number(firstSeed) + i }),
  );
  return MARKS.map((mark) => median(runs.map((best) => regret(best[mark * perTrial - 1]!))));
}

function show(regret: number): string {
  return regret.toPrecision(2).replace(/^0\./, '.').replace(/e-0?/, 'e-');
}
