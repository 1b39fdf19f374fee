import type { SchedulerSpec } from '@caviar/spec';
import { syntheticTask } from './fidelity/curves.js';
import { epochsUntil } from './fidelity/run.js';
import type { CurveTask } from './fidelity/task.js';
import { tasksetTasks } from './fidelity/taskset.js';
import { PROBLEMS } from './problems/index.js';

// Epochs of all trials together until a whole trial is within 1 % of the best: of the way from the best final value to
// the median one of random params. Random params for all, one trial at a time; the median over the seeds as a Markdown
// table on stdout, beside it the share of what full-length trials take. Usage: node fidelity.js [seeds] [TASKSET]

const [seeds = '20', taskset] = process.argv.slice(2);
const TRIALS = 10_000;

const tasks = [...PROBLEMS.map(syntheticTask), ...(taskset === undefined ? [] : tasksetTasks(taskset))];
const schedulersOf = ({ steps: maxResource }: CurveTask): readonly SchedulerSpec[] => [
  { kind: 'fifo' },
  { kind: 'median', startup: 5, warmup: 1, interval: Math.round(maxResource / 10), maxResource },
  { kind: 'successive-halving', minResource: 1, maxResource, eta: 3 },
  { kind: 'hyperband', minResource: 1, maxResource, eta: 3 },
  { kind: 'asha', minResource: 1, maxResource, eta: 3 },
];

console.log('| task | fifo | median | successive-halving | hyperband | asha |\n| --- | --- | --- | --- | --- | --- |');
for (const task of tasks) {
  const target = task.best + 0.01 * (task.middle - task.best);
  const [full = 0, ...others] = schedulersOf(task).map((scheduler) => medianEpochs(task, scheduler, target));
  console.log(`| ${task.name} | ${full} | ${others.map((some) => show(some, full)).join(' | ')} |`);
}

function show(epochs: number, full: number): string {
  return Number.isFinite(epochs) ? `${epochs} (${(epochs / full).toFixed(2)})` : 'never';
}

/** A search that never gets there counts as endless. */
function medianEpochs(task: CurveTask, scheduler: SchedulerSpec, target: number): number {
  const runs = Array.from({ length: Number(seeds) }, (_, seed) =>
    epochsUntil(task, scheduler, { seed, trials: TRIALS, target }),
  );
  const sorted = runs.map((epochs) => epochs ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
