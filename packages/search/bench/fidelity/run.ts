import type { SchedulerSpec, SearchSpec } from '@caviar/spec';
import { createFlow } from '../../flow/flow.js';
import { planSearch } from '../../plan-search.js';
import { prepareSearch } from '../../suggest.js';
import type { Problem } from '../problems/problem.js';
import type { CurveTask } from './task.js';

/** A spec around a problem; trials run one at a time. */
export function specOf(
  { space }: Pick<Problem, 'space'>,
  scheduler: SchedulerSpec,
  { seed, trials, steps }: { readonly seed: number; readonly trials: number; readonly steps: number },
): SearchSpec {
  return {
    name: 'bench',
    trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: steps }, maxRetries: 2 },
    space,
    objective: { metric: 'dev.loss', direction: 'minimize' },
    sampler: { kind: 'random' },
    scheduler,
    stop: { maxTrials: trials },
    parallelism: 1,
    seed,
    reproducibility: 'strict',
  };
}

/** Epochs of all trials together until one that was trained to its end has a value of at most `target`; null = never. */
export function epochsUntil(
  task: CurveTask,
  scheduler: SchedulerSpec,
  { seed, trials, target }: { readonly seed: number; readonly trials: number; readonly target: number },
): number | null {
  const spec = specOf(task.problem, scheduler, { seed, trials, steps: task.steps });
  const { propose } = prepareSearch(spec);
  const flow = createFlow(spec, planSearch(spec));
  const at = new Map<number, number>();
  let epochs = 0;
  for (let commands = flow.take(); commands.length > 0; commands = flow.take()) {
    for (const command of commands) {
      if (command.kind !== 'create' && command.kind !== 'continue') continue;
      const { number, toStep } = command;
      const step = toStep ?? task.steps;
      epochs += step - (at.get(number) ?? 0);
      at.set(number, step);
      const value = task.value({ number, params: propose(number).params }, step);
      if (toStep === null && value <= target) return epochs;
      flow.feed([{ number, step, value, status: toStep === null ? 'completed' : 'reached' }]);
    }
  }
  return null;
}
