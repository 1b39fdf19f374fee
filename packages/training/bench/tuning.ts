import { median } from '@caviar/numerics';
import { runAlone } from '@caviar/search';
import type { Params, SamplerSpec, SearchSpec } from '@caviar/spec';
import { TUNING_SPACE, TUNING_TASKS, type TuningTask } from './tuning/tasks.js';
import { trainerOf } from './tuning/train.js';

// How soon samplers find good hyperparameters of networks that are really trained: (best so far - best of all) / (median of
// random draws - best of all) after 25, 50 and 100 trials, one at a time; the median over the seeds, as a Markdown table
// on stdout. Usage: node tuning.js [seeds] [task,...]; the folder with the data sets' files is named by DATASETS if it is not
// `../shared/datasets` beside the repository.

const [seeds = '20', names = TUNING_TASKS.map(({ name }) => name).join(',')] = process.argv.slice(2);
const root = new URL('../../../../', import.meta.url);
const folder = new URL(process.env['DATASETS'] ?? '../shared/datasets/', root);
const MARKS = [25, 50, 100];

const CONTENDERS: readonly { readonly name: string; readonly sampler: SamplerSpec; readonly perTrial: number }[] = [
  { name: 'random', sampler: { kind: 'random' }, perTrial: 1 },
  { name: 'random x2', sampler: { kind: 'random' }, perTrial: 2 },
  { name: 'sobol', sampler: { kind: 'sobol' }, perTrial: 1 },
  {
    name: 'coarse-to-fine',
    sampler: { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
    perTrial: 1,
  },
  { name: 'cma-es', sampler: { kind: 'cma-es' }, perTrial: 1 },
  { name: 'tpe', sampler: { kind: 'tpe', startup: 10, candidates: 24 }, perTrial: 1 },
  { name: 'gp', sampler: { kind: 'gp', startup: 10 }, perTrial: 1 },
  { name: 'auto', sampler: { kind: 'auto' }, perTrial: 1 },
];

console.log(`| task | trained | ${CONTENDERS.map(({ name }) => name).join(' | ')} |`);
console.log(`| --- | --- |${' --- |'.repeat(CONTENDERS.length)}`);
for (const task of TUNING_TASKS.filter(({ name }) => names.split(',').includes(name))) await compare(task);

async function compare(task: TuningTask): Promise<void> {
  let trained = 0;
  const train = trainerOf(task, await task.load(folder));
  const evaluate = (params: Params) => {
    trained++;
    return train(params);
  };
  /** By contender and seed: values in the order of the trials. */
  const runs = CONTENDERS.map(({ name, sampler, perTrial }) => {
    const of = Array.from({ length: Number(seeds) }, (_, seed) =>
      valuesOf(specOf(sampler, 100 * perTrial, seed), evaluate),
    );
    console.error(`${task.name}: ${name}, ${trained} trials so far`);
    return of;
  });
  const finite = (values: readonly (number | null)[]) => values.map((value) => value ?? Number.POSITIVE_INFINITY);
  const best = Math.min(...runs.flat().flatMap(finite));
  const typical = median(runs[1]!.flatMap(finite));
  const cells = runs.map((of, c) =>
    MARKS.map((mark) =>
      show(
        median(
          of.map((values) => {
            const soFar = Math.min(...finite(values.slice(0, mark * CONTENDERS[c]!.perTrial)));
            return (soFar - best) / (typical - best);
          }),
        ),
      ),
    ).join(' / '),
  );
  console.log(`| ${task.name} | ${trained} | ${cells.join(' | ')} |`);
}

function valuesOf(spec: SearchSpec, evaluate: (params: Params) => number | null): (number | null)[] {
  const trials = runAlone(spec, (params) => {
    const value = evaluate(params);
    return { status: value === null ? 'infeasible' : 'completed', value, step: 1 };
  });
  return Array.from(trials, ({ value }) => value);
}

function specOf(sampler: SamplerSpec, maxTrials: number, seed: number): SearchSpec {
  return {
    name: 'tuning',
    trainer: { kind: 'mlp', dataset: '', params: {}, maxRetries: 0 },
    space: TUNING_SPACE,
    objective: { metric: 'value', direction: 'minimize' },
    sampler,
    scheduler: { kind: 'fifo' },
    stop: { maxTrials },
    parallelism: 1,
    seed,
    reproducibility: 'strict',
  };
}

function show(regret: number): string {
  return regret.toPrecision(2).replace(/^0\./, '.').replace(/e-0?/, 'e-');
}
