import type { SearchSpec } from '@caviar/spec';
import { lowerIsBetter } from './direction.js';
import { findScheduler } from './schedulers/registry.js';
import type { SchedulerEvent, SchedulerState, SchedulerStep } from './schedulers/scheduler.js';

/** The state of a search's scheduler before its first event. */
export function startScheduler(spec: SearchSpec): SchedulerState {
  return findScheduler(spec.scheduler.kind).start(spec, spec.scheduler);
}

/**
 * Hands a scheduler one event and takes its decisions. The event's value is the objective's as reported; the direction is
 * taken care of here.
 */
export function advanceScheduler(
  spec: SearchSpec,
  state: SchedulerState,
  event: SchedulerEvent,
): SchedulerStep<SchedulerState> {
  const value = lowerIsBetter(event.value, spec.objective.direction);
  return findScheduler(spec.scheduler.kind).handle(state, { ...event, value });
}
