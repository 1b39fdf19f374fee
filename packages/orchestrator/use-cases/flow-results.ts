import { type FlowJob, type FlowResult, type Outcome, outcomeAmong } from '@caviar/search';
import { isFinal, type SearchSpec } from '@caviar/spec';
import { outcomeOfRung } from '../objective-value.js';
import type { RungRecord } from '../ports/rung-store.js';

/** What has come of a job; null while nothing has. */
export function resultOf(
  spec: SearchSpec,
  { number, toStep }: FlowJob,
  record: RungRecord | undefined,
): FlowResult | null {
  if (record === undefined) return null;
  const entry = toStep === null ? undefined : record.rungs[toStep];
  if (toStep !== null && entry !== undefined) {
    return { number, step: toStep, ...outcomeOfRung(spec, entry), status: 'reached' };
  }
  if (!isFinal(record.status)) return null;
  const step = lastStepOf(record);
  return { number, step: Math.min(step, toStep ?? step), ...outcomeOf(spec, record), status: record.status };
}

/**
 * The step at which a trial ended, as far as its scheduler knows of it: code outside may end one beyond the step at which it was to
 * be compared, without a word on the way there.
 */
function lastStepOf({ step, targetStep }: RungRecord): number {
  return Math.min(step, targetStep ?? step);
}

/** All that has come of a trial. */
export function resultsOf(spec: SearchSpec, record: RungRecord): FlowResult[] {
  const { number, status, step, targetStep, rungs } = record;
  const results: FlowResult[] = Object.entries(rungs).map(([at, entry]) => ({
    number,
    step: Number(at),
    ...outcomeOfRung(spec, entry),
    status: 'reached',
  }));
  // A trial that its scheduler ended came to a rung: that it ended there is the flow's own to find.
  const byScheduler = status === 'pruned' && targetStep !== null && step >= targetStep;
  if (!isFinal(status) || byScheduler) return results;
  return [...results, { number, step: lastStepOf(record), ...outcomeOf(spec, record), status }];
}

function outcomeOf(spec: SearchSpec, { value, metrics }: RungRecord): Outcome {
  return { ...outcomeAmong(spec, metrics), value };
}
