import { PROBLEMS } from './problems/index.js';
import { printRegrets } from './regret/print-regrets.js';

// Normalised regret after 25, 50 and 100 trials, one trial at a time: the median over the seeds, as a Markdown table on
// stdout. Usage: node search.js [seeds] [sampler,...] [problem,...] [first seed]

const [seeds = '20', samplers = '', problems = '', firstSeed = '0'] = process.argv.slice(2);
printRegrets(PROBLEMS, { seeds: Number(seeds), samplers, problems, firstSeed: Number(firstSeed) });
