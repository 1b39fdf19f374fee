import { join } from 'node:path';
import { printRegrets } from './regret/print-regrets.js';
import { curveProblems, gridProblems } from './tables/tabular-problems.js';

// The regret of `search.ts` on tables of networks that were really trained: full grids (FCNet, HPOBench) and settings with
// learning curves (TaskSet). Usage: node tables.js FOLDER [seeds] [sampler,...] [table,...] [first seed], where FOLDER has
// the folders `grids` and `taskset` of NumPy archives

const [folder, seeds = '20', samplers = '', problems = '', firstSeed = '0'] = process.argv.slice(2);
if (folder === undefined) throw new TypeError('name the folder of the tables');
const all = [...gridProblems(join(folder, 'grids')), ...curveProblems(join(folder, 'taskset'))];
printRegrets(all, { seeds: Number(seeds), samplers, problems, firstSeed: Number(firstSeed) });
