import type { ParamValue, Trial } from '@caviar/spec';
import type { TrialColumns } from './trial-columns.js';

/** CSV as of RFC 4180: a header line, CRLF, quotes where needed; a chunk per page of trials. */
export async function* csvLines(columns: TrialColumns, pages: AsyncIterable<readonly Trial[]>): AsyncGenerator<string> {
  yield csvLine([
    ...FIXED_COLUMNS.map(({ name }) => name),
    ...columns.params.map((name) => `params.${name}`),
    ...columns.metrics.map((name) => `metrics.${name}`),
  ]);
  for await (const page of pages) {
    yield page
      .map((trial) =>
        csvLine([
          ...FIXED_COLUMNS.map(({ read }) => read(trial)),
          ...columns.params.map((name) => own(trial.params, name)),
          ...columns.metrics.map((name) => own(trial.metrics, name) ?? undefined),
        ]),
      )
      .join('');
  }
}

/** Undefined is an empty field; null is a value that a parameter can have. */
type Field = ParamValue | undefined;

const FIXED_COLUMNS: readonly { readonly name: string; readonly read: (trial: Trial) => Field }[] = [
  { name: 'number', read: ({ number }) => number },
  { name: 'id', read: ({ id }) => id },
  { name: 'status', read: ({ status }) => status },
  { name: 'value', read: ({ value }) => value ?? undefined },
  { name: 'step', read: ({ step }) => step },
  { name: 'durationMs', read: ({ durationMs }) => durationMs ?? undefined },
  { name: 'round', read: ({ round }) => round ?? undefined },
  { name: 'attempts', read: ({ attempts }) => attempts },
  { name: 'workerId', read: ({ workerId }) => workerId ?? undefined },
  { name: 'createdAt', read: ({ createdAt }) => createdAt.toISOString() },
  { name: 'startedAt', read: ({ startedAt }) => startedAt?.toISOString() },
  { name: 'endedAt', read: ({ endedAt }) => endedAt?.toISOString() },
  { name: 'reason', read: ({ reason }) => reason ?? undefined },
];

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function csvLine(fields: readonly Field[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(field: Field): string {
  if (field === undefined) return '';
  if (typeof field !== 'string') return quote(JSON.stringify(field));
  // A spreadsheet runs text that begins like this as a formula; the apostrophe makes it text (OWASP, CSV injection).
  return quote(/^[=+\-@\t\r]/.test(field) ? `'${field}` : field);
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
}
