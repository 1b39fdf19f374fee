import type { FinishBody, SearchSpecBody, SearchView } from '@caviar/contracts';
import type { Client } from '../calls.js';
import { createClient } from '../client.js';
import { randomKey } from '../random-key.js';
import type { TransportOptions } from '../transport.js';
import { type HeldTrial, TrialStopped } from './held-trial.js';
import { reasonFrom } from './reason.js';
import { runSlots } from './run-slots.js';
import type { ParamsOf, ParamValue, Space } from './space.js';

type Metrics = Readonly<Record<string, number | null>>;

/** The trial that a call of the objective is for. */
export interface RunningTrial {
  readonly id: string;
  readonly number: number;
  /** All params, those of `options.params` too. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Steps that an earlier attempt has reported, on this machine or another: whoever keeps checkpoints may go on there. */
  readonly step: number;
  /** Aborts when there is no use in going on. */
  readonly signal: AbortSignal;
  /**
   * Reports a step (an epoch, for example): a number is the value of the objective, NaN and infinity mean that it diverged. A
   * scheduler may have the trial wait for others; the promise then resolves when it goes on.
   *
   * @throws TrialStopped when the trial ends here; let it pass
   */
  report(step: number, metrics: number | Metrics): Promise<void>;
}

/** Value of the objective, or metrics by name with the objective among them. */
type Result = number | Metrics;

export type Objective<S extends Space> = (params: ParamsOf<S>, trial: RunningTrial) => Result | Promise<Result>;

type SpecOptions = Omit<SearchSpecBody, 'trainer' | 'space' | 'stop' | 'objective' | 'objectives' | 'parallelism'>;

export interface OptimizeOptions extends Partial<TransportOptions>, SpecOptions {
  /** A client to use, instead of one made from `baseUrl` (`http://127.0.0.1:3000` if left out) and `apiKey`. */
  readonly client?: Client | undefined;
  /** Name of what a number stands for; `value` if left out. */
  readonly metric?: string | undefined;
  readonly direction?: 'minimize' | 'maximize' | undefined;
  /** Short for `stop: { maxTrials }`. */
  readonly maxTrials?: number | undefined;
  readonly stop?: SearchSpecBody['stop'] | undefined;
  /** Calls of the objective at the same time; 1 if left out. */
  readonly parallelism?: number | undefined;
  /** Params that every trial has beside those that are searched. */
  readonly params?: Readonly<Record<string, ParamValue>> | undefined;
  /** How often a trial whose objective throws is tried again; 0 if left out. */
  readonly maxRetries?: number | undefined;
  /** Takes part in a search that is there, with `trainer: { kind: 'external' }`, instead of making one. */
  readonly searchId?: string | undefined;
  /** With the same key the same search is made once, whoever begins: programs on many machines share it. */
  readonly idempotencyKey?: string | undefined;
  /** Silence after which the service gives a trial to somebody else; code that blocks the event loop needs more than 60,000. */
  readonly leaseMs?: number | undefined;
  /** What the trials run on; kept with them. */
  readonly runtime?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Ends it early: trials are given back, and the search stays as it is. */
  readonly signal?: AbortSignal | undefined;
}

export interface Optimized<S extends Space> {
  /** As it is at the end. */
  readonly search: SearchView;
  readonly best: {
    readonly trialId: string;
    readonly number: number;
    readonly value: number;
    readonly params: ParamsOf<S>;
  } | null;
}

const LEASE_MS = 60_000;
/** A training run outlasts a service that is away for as long as an upgrade takes. */
const PATIENCE_MS = 600_000;
/** A service that has not answered yet is not being upgraded: nobody has started it. */
const FIRST_PATIENCE_MS = 30_000;

/**
 * Runs a function of yours against a service: it is called with the params of one trial after another, until the search ends.
 *
 * @throws ProblemError, UnreachableError; an Error with the last error of the objective as its cause when no trial has a result
 */
export async function optimize<const S extends Space>(
  space: S,
  objective: Objective<S>,
  options: OptimizeOptions,
): Promise<Optimized<S>> {
  const { baseUrl = 'http://127.0.0.1:3000', apiKey, fetch, patienceMs = PATIENCE_MS, signal } = options;
  const patient = (atMost: number) =>
    options.client ?? createClient({ baseUrl, apiKey, fetch, patienceMs: Math.min(patienceMs, atMost) });
  const [first, client] = [patient(FIRST_PATIENCE_MS), patient(Number.POSITIVE_INFINITY)];
  const found =
    options.searchId === undefined
      ? await first.createSearch(specOf(space, options), { idempotencyKey: options.idempotencyKey, signal })
      : await first.getSearch(options.searchId, { signal });
  const { metric } = found.spec.objective;
  const metricsOf = (result: Result) => tidy(result, metric);
  let failure: unknown;

  async function train(held: HeldTrial): Promise<Omit<FinishBody, 'leaseToken'>> {
    const { id, number, params, step, signal: stopped } = held;
    const trial: RunningTrial = {
      id,
      number,
      params,
      step,
      signal: stopped,
      report: (at, metrics) => held.report(at, metricsOf(metrics)),
    };
    try {
      return { status: 'completed', metrics: metricsOf(await objective(params as ParamsOf<S>, trial)) };
    } catch (error) {
      // Whether it was ours, the trial has its end already.
      if (!(error instanceof TrialStopped)) failure = error;
      return { status: 'failed', reason: reasonFrom(error) };
    }
  }

  await runSlots({
    client,
    searchId: found.id,
    slots: options.parallelism ?? 1,
    worker: `optimize-${randomKey().slice(0, 12)}`,
    leaseMs: options.leaseMs ?? LEASE_MS,
    runtime: options.runtime,
    train,
    signal,
  });
  const search = await client.getSearch(found.id, { signal });
  if (search.status === 'failed' && failure !== undefined) {
    throw new Error(`No trial came to a result; the last one failed with: ${String(failure)}`, { cause: failure });
  }
  return { search, best: search.best as Optimized<S>['best'] };
}

function specOf(space: Space, options: OptimizeOptions): SearchSpecBody {
  const {
    client: _,
    baseUrl,
    apiKey,
    fetch,
    patienceMs,
    searchId,
    idempotencyKey,
    leaseMs,
    runtime,
    signal,
    ...rest
  } = options;
  const { metric = 'value', direction = 'minimize', maxTrials, stop, params = {}, maxRetries = 0, ...spec } = rest;
  const { parallelism = 1, ...more } = spec;
  return {
    ...more,
    parallelism,
    trainer: { kind: 'external', params, maxRetries },
    space: space as SearchSpecBody['space'],
    objective: { metric, direction },
    stop: { ...stop, ...(maxTrials !== undefined && { maxTrials }) },
  };
}

/** Metrics as JSON can say them: it has neither NaN nor infinity. */
function tidy(result: Result, metric: string): Metrics {
  const metrics = typeof result === 'number' ? { [metric]: result } : result;
  if (typeof metrics !== 'object' || metrics === null)
    throw new TypeError('the objective must give a number, or metrics by name');
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}
