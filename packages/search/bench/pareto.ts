import { median } from '@caviar/numerics';
import type { SamplerSpec } from '@caviar/spec';
import { SEVERAL_PROBLEMS } from './problems/several.js';
import { volumesMissed } from './regret/volume-so-far.js';

// Share of the front's hypervolume that is missed after 25, 50, 100 and 200 trials, one trial at a time: the median over
// the seeds, as a Markdown table on stdout. Usage: node pareto.js [seeds] [sampler,...] [problem,...] [first seed]

const [seeds = '20', wanted = '', problems = '', firstSeed = '0'] = process.argv.slice(2);
const MARKS = [25, 50, 100, 200];
const CONTENDERS: readonly { readonly name: string; readonly sampler: SamplerSpec; readonly perTrial: number }[] = [
  { name: 'random', sampler: { kind: 'random' }, perTrial: 1 },
  { name: 'random x2', sampler: { kind: 'random' }, perTrial: 2 },
  { name: 'nsga2', sampler: { kind: 'nsga2', population: 24 }, perTrial: 1 },
  { name: 'tpe', sampler: { kind: 'tpe', startup: 10, candidates: 24 }, perTrial: 1 },
  { name: 'gp', sampler: { kind: 'gp', startup: 10 }, perTrial: 1 },
];

const isWanted = (names: string, name: string) => names === '' || names.split(',').includes(name);
const contenders = CONTENDERS.filter(({ name }) => isWanted(wanted, name));
console.log(`| functions | ${contenders.map(({ name }) => name).join(' | ')} |`);
console.log(`| --- |${' --- |'.repeat(contenders.length)}`);
for (const problem of SEVERAL_PROBLEMS.filter(({ name }) => isWanted(problems, name))) {
  const cells = contenders.map(({ sampler, perTrial }) => {
    const marks = MARKS.map((mark) => mark * perTrial);
    const runs = Array.from({ length: Number(seeds) }, (_, i) =>
      volumesMissed(problem, { sampler, trials: marks.at(-1)!, seed: Number(firstSeed) + i, marks }),
    );
    return marks.map((_, k) => show(median(runs.map((missed) => missed[k]!)))).join(' / ');
  });
  console.log(`| ${problem.name} | ${cells.join(' | ')} |`);
}

function show(share: number): string {
  return share.toPrecision(2).replace(/^0\./, '.').replace(/e-0?/, 'e-');
}
