import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { checkSearchSpec, completeSearchSpec, findTrainer, type SearchSpec, searchSpecInputSchema } from '@caviar/spec';
import { evaluateTest } from '../evaluate-test.js';
import { courseJob } from './course/job.js';
import { type EndedTrial, runTrials } from './course/search.js';
import { COURSE_TASKS, type CourseData, type CourseTask } from './course/tasks.js';

// The four results of docs/course.md: a random search each, the dev error picked, and then, once, the test error of the
// winner. A Markdown table on stdout, the trials on stderr. Exit code 1 when a limit is missed.
// Usage: node course.js [tasks, such as digits,adult] [trials] [threads]; the folder with the data sets' files is named by
// DATASETS if it is not `../shared/datasets` beside the repository.

const all = COURSE_TASKS.map(({ name }) => name).join(',');
const [names = all, trials = '25', threads = '2'] = process.argv.slice(2);
const root = new URL('../../../../', import.meta.url);
const folder = new URL(process.env['DATASETS'] ?? '../shared/datasets/', root);

function readSpec(name: string, { dataset }: CourseData): SearchSpec {
  const text = readFileSync(new URL(`docs/examples/course/${name}.json`, root), 'utf8');
  const context = { trainer: findTrainer('mlp')!, dataset: dataset.info };
  const input = searchSpecInputSchema.parse(JSON.parse(text));
  const issues = checkSearchSpec(input, context);
  if (issues.length > 0) throw new Error(`${name}.json: ${JSON.stringify(issues)}`);
  return completeSearchSpec(input, context, 1);
}

function best(ended: readonly EndedTrial[]): EndedTrial {
  const feasible = ended.filter(({ value }) => value !== null);
  const [first] = feasible.sort((a, b) => a.value! - b.value! || a.number - b.number);
  if (first === undefined) throw new Error('no trial came to a finite dev error');
  return first;
}

async function search(task: CourseTask): Promise<{ readonly row: string; readonly reached: boolean }> {
  const data = await task.load(folder);
  const spec = readSpec(task.name, data);
  const startedAt = performance.now();
  const ended = await runTrials({ task: task.name, folder: folder.href, spec }, Number(trials), Number(threads));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const { number, value, epochs, params } of ended) {
    console.error(
      `${task.name} ${number}: ${value?.toFixed(4) ?? 'diverged'} after ${epochs} epochs, ${JSON.stringify(params)}`,
    );
  }
  const winner = best(ended);
  const testSet = data.testSet === null ? {} : { testSet: data.testSet };
  const { error, rows } = evaluateTest(courseJob(spec, winner, data.dataset), winner.checkpoint, testSet);
  const isShare = data.dataset.info.task === 'classification';
  const show = (x: number) => (isShare ? `${(100 * x).toFixed(2)} %` : x.toFixed(4));
  const middle = ended.map(({ value }) => value ?? Infinity).sort((a, b) => a - b)[ended.length >> 1]!;
  const cells = [
    task.description,
    show(middle),
    show(winner.value!),
    `**${show(error)}**`,
    show(task.limit),
    rows,
    Math.round(seconds),
  ];
  return { row: `| ${cells.join(' | ')} |`, reached: error <= task.limit };
}

const results = [];
for (const task of COURSE_TASKS.filter(({ name }) => names.split(',').includes(name))) results.push(await search(task));
console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, ${threads} threads, ${trials} trials each\n`);
console.log('| data | median dev | best dev | its test | wanted | test rows | seconds |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const { row } of results) console.log(row);
if (results.some(({ reached }) => !reached)) process.exitCode = 1;
