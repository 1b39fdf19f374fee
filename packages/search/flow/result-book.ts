import type { FlowJob, FlowResult } from './commands.js';

/** Results that have been fed and not used yet, by trial. Of repeats the first counts. */
export class ResultBook {
  private readonly entries = new Map<number, FlowResult[]>();

  /** Takes note of a result; false when it is known. */
  add(result: FlowResult): boolean {
    const entry = this.entries.get(result.number);
    if (entry === undefined) {
      this.entries.set(result.number, [result]);
      return true;
    }
    if (entry.some((known) => isRepeat(known, result))) return false;
    entry.push(result);
    return true;
  }

  /** What came of a job; null while it is not known. */
  resultOf({ number, toStep }: FlowJob): FlowResult | null {
    const entry = this.entries.get(number);
    if (entry === undefined) return null;
    let final: FlowResult | null = null;
    for (const result of entry) {
      if (result.status !== 'reached') final = result;
      else if (result.step === toStep) return result;
    }
    if (final === null) return null;
    if (toStep === null || final.step < toStep) return final;
    // Ended while it waited, or before its next step: up to here all was well.
    if (final.step === toStep) return endedAfter(final) ? { ...final, status: 'reached' } : final;
    return null;
  }

  /** Drops what is used: all of a trial that has ended, or what it reached up to a step. */
  forget(number: number, upToStep = Number.POSITIVE_INFINITY): void {
    if (upToStep === Number.POSITIVE_INFINITY) {
      this.entries.delete(number);
      return;
    }
    const entry = this.entries.get(number);
    if (entry === undefined) return;
    let kept = 0;
    for (const result of entry) {
      if (result.status !== 'reached' || result.step > upToStep) entry[kept++] = result;
    }
    entry.length = kept;
    if (kept === 0) this.entries.delete(number);
  }

  /** Everything in it. */
  all(): FlowResult[] {
    return [...this.entries.values()].flat();
  }
}

function isRepeat(known: FlowResult, { step, status }: FlowResult): boolean {
  return status === 'reached' ? known.status === 'reached' && known.step === step : known.status !== 'reached';
}

/** Whether an end at a step came after the step was done, rather than being what the step came to. */
function endedAfter({ status }: FlowResult): boolean {
  return status === 'pruned' || status === 'cancelled' || status === 'failed';
}
