import type { SchedulerSpec, SearchSpecInput } from './search-spec.js';
import type { SpecIssue } from './spec-issue.js';
import type { TrainerDescriptor } from './trainer.js';

/** What decides how long a trial trains: the trainer's parameter, by these names. */
const STEP_PARAMETERS = ['epochs', 'steps'];

/** Steps at which a trial may be compared: at each it waits, is stored, and is handed out again. */
const MAX_COMPARISONS = 1000;

type SchedulerInput = Pick<SearchSpecInput, 'scheduler' | 'space' | 'trainer'>;

/**
 * Steps of a whole trial as far as the spec fixes them: of all trials alike, or the most that a searched range allows.
 * Null when the trainer has no such parameter, or it is searched over something else than a range.
 */
function stepsOf({ space, trainer }: SchedulerInput, descriptor: TrainerDescriptor): StepCount | null {
  const parameter = descriptor.parameters.find(({ name }) => STEP_PARAMETERS.includes(name));
  if (parameter === undefined) return null;
  const { name } = parameter;
  const domain = space[name];
  if (domain !== undefined) return domain.kind === 'categorical' ? null : { name, steps: domain.max, fixed: false };
  const steps = trainer.params[name] ?? parameter.default;
  return typeof steps === 'number' ? { name, steps, fixed: true } : null;
}

interface StepCount {
  readonly name: string;
  readonly steps: number;
  /** Whether every trial has as many. */
  readonly fixed: boolean;
}

/** What a scheduler with rungs cannot do with a spec. */
export function checkScheduler(spec: SchedulerInput, trainer: TrainerDescriptor): SpecIssue[] {
  const { scheduler } = spec;
  if (scheduler.kind === 'fifo') return [];
  const path = ['scheduler', 'maxResource'];
  const count = stepsOf(spec, trainer);
  const max = scheduler.maxResource ?? count?.steps;
  if (max === undefined) {
    return [
      { path, message: `is needed: the spec does not fix for how many steps the trainer ${trainer.kind} trains` },
    ];
  }
  if (count?.fixed === true && max !== count.steps) {
    const message = `must be ${count.steps}, the trainer's ${count.name}: leave it out, or change trainer.params.${count.name}`;
    return [{ path, message }];
  }
  const tooLong = (['minResource', 'warmup', 'interval'] as const).filter(
    (key) => (optionsOf(scheduler)[key] ?? 0) > max,
  );
  const message = `must not be more than the ${max} steps of a whole trial`;
  const issues: SpecIssue[] = tooLong.map((key) => ({ path: ['scheduler', key], message }));
  if ('interval' in scheduler && scheduler.interval !== undefined && max / scheduler.interval > MAX_COMPARISONS) {
    const least = Math.ceil(max / MAX_COMPARISONS);
    const message = `must be at least ${least}: a trial of ${max} steps is compared at ${MAX_COMPARISONS} of them at most`;
    issues.push({ path: ['scheduler', 'interval'], message });
  }
  if (scheduler.kind === 'pbt' && !hasChangeable(spec, trainer)) {
    const none = trainer.isOpen
      ? `copies trials in the middle of training, which the trainer ${trainer.kind} leaves to code that is not ours: any other will do`
      : 'needs a searched parameter that may change in the middle of training, such as learningRate';
    issues.push({ path: ['scheduler', 'kind'], message: none });
  }
  return issues;
}

function optionsOf(
  scheduler: SchedulerSpec,
): Partial<Record<'minResource' | 'warmup' | 'interval', number | undefined>> {
  return scheduler.kind === 'fifo' ? {} : scheduler;
}

function hasChangeable({ space }: SchedulerInput, trainer: TrainerDescriptor): boolean {
  return trainer.parameters.some(({ name, changeable }) => changeable === true && Object.hasOwn(space, name));
}

/** Fills in `maxResource` and what hangs on it. The spec must have passed `checkScheduler`. */
export function completeScheduler(spec: SchedulerInput, trainer: TrainerDescriptor): SchedulerSpec {
  const { scheduler } = spec;
  if (scheduler.kind === 'fifo') return scheduler;
  const maxResource = scheduler.maxResource ?? stepsOf(spec, trainer)?.steps;
  if (maxResource === undefined) return scheduler;
  if (scheduler.kind !== 'median' && scheduler.kind !== 'pbt') return { ...scheduler, maxResource };
  return { ...scheduler, interval: scheduler.interval ?? Math.max(1, Math.round(maxResource / 10)), maxResource };
}
