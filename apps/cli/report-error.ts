import { ProblemError, UnreachableError } from '@caviar/client';
import { PROBLEMS, type ProblemCode } from '@caviar/contracts';
import type { Style } from '@caviar/terminal';
import { ConfigError, type Settings } from './config.js';
import { InputError, MissingError, UsageError } from './errors.js';

export interface ErrorContext {
  readonly style: Style;
  readonly isJson: boolean;
  readonly settings: Pick<Settings, 'url' | 'urlFrom'> | null;
}

/** What to type next, where the code of a problem says enough. */
const NEXT: Partial<Readonly<Record<ProblemCode, string>>> = {
  unauthorized: 'export CAVIAR_API_KEY=... (or --key KEY, or "apiKey" in the configuration file)',
  'role-too-low': 'caviar key create NAME --role ROLE, with the key of an admin',
  'search-not-found': 'caviar search list',
  'trial-not-found': 'caviar search show latest',
  'dataset-not-found': 'caviar dataset list',
  'key-not-found': 'caviar key list',
  'search-running': 'caviar search cancel SEARCH',
  'search-ended': 'caviar search create SPEC.json: an ended search does not go on, but its spec can be made again',
  'search-not-ended': 'caviar search watch SEARCH',
  'nothing-to-diagnose': 'caviar search watch SEARCH',
  'quota-exceeded': 'caviar search list --status running',
  'trial-ended': 'caviar trial fork TRIAL, for a search around what it had',
  'trial-not-running': 'caviar trial show TRIAL, until it has begun',
  'trial-not-editable': 'caviar trainer list, which says what is changeable',
  'no-model': 'caviar trial list SEARCH --status completed: those of the trainer mlp have a network',
  'nothing-to-evaluate': 'caviar search show SEARCH',
  'nothing-to-explain': 'caviar search watch SEARCH: it takes 16 completed trials',
  'dataset-exists': 'caviar dataset add FILE --name ANOTHER',
  'dataset-in-use': 'caviar search list --status running',
  'dataset-built-in': 'caviar dataset list',
  'invalid-dataset': 'mending the file, or caviar dataset add --help for what can be said of it',
  'worker-not-found': 'caviar worker list',
  'webhook-not-found': 'caviar webhook list SEARCH',
  'too-many-webhooks': 'caviar webhook list SEARCH',
  'events-gone': 'caviar search events SEARCH, from now on',
  'idempotency-conflict': 'another --idempotency-key: this one has made something else',
  unavailable: 'caviar status',
};

/** What went wrong, for stderr: what, where exactly, and what to do. */
export function errorLines(error: unknown, context: ErrorContext): string[] {
  if (context.isJson) return [JSON.stringify({ error: errorJson(error) })];
  const { red, bold, dim } = context.style;
  const head = (text: string) => `${red(bold('error'))}: ${text}`;
  const next = (text: string) => `${dim('try:')} ${text}`;
  if (error instanceof UsageError) return [head(error.message), next(error.next)];
  if (error instanceof InputError) return [head(error.message), ...error.details.map((line) => `  ${line}`)];
  if (error instanceof ConfigError) return [head(error.message)];
  if (error instanceof UnreachableError) {
    const from = context.settings === null ? '' : ` (${context.settings.urlFrom})`;
    const isSilent = error.message.endsWith('does not answer');
    return [
      head(`${error.message}${from}`),
      next(isSilent ? 'caviar up' : 'another --url: what answers there is not Caviar'),
      ...(isSilent ? [`${dim('or:')}  caviar --url URL ..., if the service is elsewhere`] : []),
    ];
  }
  if (error instanceof ProblemError) return problemLines(error, { head, next, dim, url: context.settings?.url ?? '' });
  return [head(error instanceof Error ? error.message : String(error))];
}

interface Format {
  readonly head: (text: string) => string;
  readonly next: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly url: string;
}

function problemLines(
  { code, problem, errors, status, requestId }: ProblemError,
  { head, next, dim, url }: Format,
): string[] {
  const width = Math.max(0, ...errors.map(({ pointer, parameter }) => (parameter ?? pointer).length));
  // With a list of what is wrong, the detail only says its beginning again.
  const title = errors.length > 0 ? problem.title : problem.detail;
  return [
    head(`${title} ${dim(`(${code})`)}`),
    ...errors.map(({ pointer, parameter, message }) => `  ${(parameter ?? pointer).padEnd(width)}  ${message}`),
    next(
      withId(NEXT[code], problem.instance) ??
        (errors.length > 0 ? `mending what is named above; ${url}/docs has every key` : PROBLEMS[code]?.whatToDo) ??
        problem.title,
    ),
    ...(status >= 500 ? [dim(`request ${requestId}: the service's log has more`)] : []),
  ];
}

/** The command with the id that the call was about, so that it can be pasted. */
function withId(text: string | undefined, instance: string): string | undefined {
  const [, kind, id] = /^\/v1\/(searches|trials)\/([^/?]+)/.exec(instance) ?? [];
  if (id === undefined) return text;
  return text?.replace(kind === 'searches' ? /\bSEARCH\b/ : /\bTRIAL\b/, decodeURIComponent(id));
}

function errorJson(error: unknown): object {
  if (error instanceof ProblemError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnreachableError) return { code: 'unreachable', message, url: error.url };
  if (error instanceof UsageError) return { code: 'usage', message, next: error.next };
  if (error instanceof MissingError) return { code: 'not-found', message, details: error.details };
  if (error instanceof InputError) return { code: 'input', message, details: error.details };
  if (error instanceof ConfigError) return { code: 'config', message };
  return { code: 'internal', message };
}
