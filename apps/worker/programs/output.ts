import { fitText, type Metrics } from '@caviar/spec';

/** What a program says with one line of its standard output. */
export type ProgramLine =
  /** `{"step": 3, "metrics": {...}}`; without a step, one more than the last. */
  | { readonly kind: 'measurement'; readonly step: number | null; readonly metrics: Metrics }
  /** `{"status": "completed" | "infeasible", "metrics"?: {...}, "reason"?: "..."}`: how it ended. */
  | {
      readonly kind: 'end';
      readonly status: 'completed' | 'infeasible';
      readonly metrics: Metrics | null;
      readonly reason: string | null;
    }
  /** JSON of the right look with something wrong in it. */
  | { readonly kind: 'wrong'; readonly message: string }
  /** Anything else that programs print. */
  | { readonly kind: 'other' };

const MAX_STEP = 2 ** 31 - 1;
const MAX_METRICS = 200;

/** Reads a line. Objects with `metrics` or `status` are meant for us; NaN and infinities, as many languages print them, are null. */
export function readLine(line: string): ProgramLine {
  const value = parse(line);
  if (typeof value !== 'object' || value === null || !('metrics' in value || 'status' in value))
    return { kind: 'other' };
  const { step = null, metrics = null, status, reason = null } = value as Record<string, unknown>;
  const problem = metricsProblem(metrics);
  if (metrics !== null && problem !== null) return { kind: 'wrong', message: problem };
  if (status !== undefined) {
    if (status !== 'completed' && status !== 'infeasible') {
      return { kind: 'wrong', message: `status must be completed or infeasible, not ${JSON.stringify(status)}` };
    }
    const text = typeof reason === 'string' && reason !== '' ? fitText(reason, 1000) : null;
    return { kind: 'end', status, metrics: metrics as Metrics | null, reason: text };
  }
  if (metrics === null) return { kind: 'wrong', message: 'metrics must be an object of numbers' };
  if (step !== null && !(Number.isInteger(step) && (step as number) >= 0 && (step as number) <= MAX_STEP)) {
    return { kind: 'wrong', message: `step must be a whole number from 0, not ${JSON.stringify(step)}` };
  }
  return { kind: 'measurement', step: step as number | null, metrics: metrics as Metrics };
}

function parse(line: string): unknown {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    try {
      return JSON.parse(line.replace(/([:[,]\s*)(?:NaN|[-+]?Infinity)(?=\s*[,}\]])/g, '$1null'));
    } catch {
      return undefined;
    }
  }
}

function metricsProblem(metrics: unknown): string | null {
  if (typeof metrics !== 'object' || metrics === null || Array.isArray(metrics))
    return 'metrics must be an object of numbers';
  const entries = Object.entries(metrics);
  if (entries.length > MAX_METRICS) return `there are ${entries.length} metrics; ${MAX_METRICS} are the most`;
  const bad = entries.find(
    ([name, value]) => name === '' || name.length > 200 || !(value === null || typeof value === 'number'),
  );
  if (bad !== undefined) return `the metric ${JSON.stringify(bad[0])} must be a number or null`;
  const odd = entries.find(([name]) => fitText(name, 200) !== name);
  return odd === undefined ? null : `the name of the metric ${JSON.stringify(odd[0])} is no text`;
}
