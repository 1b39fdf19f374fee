import type { TrialLease } from '../ports/trial-store.js';

/** What a lease token says. Callers keep it as it is and give it back. */
export interface Lease extends TrialLease {
  readonly searchId: string;
  /** How long it holds after each sign of life. */
  readonly leaseMs: number;
  /** When the trial was handed out, by the database's clock, in milliseconds since 1970; what it was in earlier attempts is not known. */
  readonly takenAt: number;
  /** Step at which a scheduler has the trial stop for now; null = none. */
  readonly targetStep: number | null;
}

const VERSION = 1;

/**
 * A lease as text. It names the attempt, which is what fences (docs/adr/0006): nothing has to be looked up to read it, and
 * it is no secret, since whoever may call the API may ask for trials anyway.
 */
export function encodeLease({ searchId, trialId, attempt, leaseMs, takenAt, targetStep }: Lease): string {
  const fields = [VERSION, searchId, trialId, attempt, leaseMs, takenAt, targetStep];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** The lease that a text says; null for a text that `encodeLease` has not made. */
export function decodeLease(token: string): Lease | null {
  try {
    const fields: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(fields)) return null;
    const [version, searchId, trialId, attempt, leaseMs, takenAt, targetStep] = fields as unknown[];
    const isLease =
      version === VERSION &&
      isId(searchId) &&
      isId(trialId) &&
      isCount(attempt) &&
      isCount(leaseMs) &&
      isCount(takenAt, Number.MAX_SAFE_INTEGER) &&
      (targetStep === null || isCount(targetStep));
    return isLease ? { searchId, trialId, attempt, leaseMs, takenAt, targetStep } : null;
  } catch {
    return null;
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value);
}

/** `most`: what a column holds. */
function isCount(value: unknown, most = 2 ** 31 - 1): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
