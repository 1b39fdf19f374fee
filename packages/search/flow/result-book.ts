import type { FlowJob, FlowResult } from './commands.js';

interface Entry {
  /** The end, once it is known. */
  final: FlowResult | null;
  /** What was reached on the way, by step. */
  readonly reached: Map<number, FlowResult>;
}

/** Results as they were fed, by trial. Of repeats the first counts. */
export class ResultBook {
  private readonly entries = new Map<number, Entry>();

  /** Takes note of a result; false when it is known. */
  add(result: FlowResult): boolean {
    const entry = this.entries.get(result.number) ?? { final: null, reached: new Map() };
    this.entries.set(result.number, entry);
    if (result.status !== 'reached') {
      if (entry.final !== null) return false;
      entry.final = result;
      return true;
    }
    if (entry.reached.has(result.step)) return false;
    entry.reached.set(result.step, result);
    return true;
  }

  /** What came of a job; null while it is not known. */
  resultOf({ number, toStep }: FlowJob): FlowResult | null {
    const entry = this.entries.get(number);
    if (entry === undefined) return null;
    const reached = toStep === null ? undefined : entry.reached.get(toStep);
    if (reached !== undefined) return reached;
    const { final } = entry;
    if (final === null) return null;
    if (toStep === null || final.step < toStep) return final;
    // Ended while it waited, or before its next step: up to here all was well.
    if (final.step === toStep) return endedAfter(final) ? { ...final, status: 'reached' } : final;
    return null;
  }

  /** All results of the trials that `wanted` picks. */
  resultsOf(wanted: (number: number) => boolean): FlowResult[] {
    return [...this.entries].flatMap(([number, { reached, final }]) =>
      wanted(number) ? [...reached.values(), ...(final === null ? [] : [final])] : [],
    );
  }
}

/** Whether an end at a step came after the step was done, rather than being what the step came to. */
function endedAfter({ status }: FlowResult): boolean {
  return status === 'pruned' || status === 'cancelled' || status === 'failed';
}
