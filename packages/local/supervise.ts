import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.js';
import { describeExit, type Running } from './running.js';
import { messageOf } from './step-error.js';

/** Something that is kept up: how to start it, and start it again. */
export interface Service<R extends Running = Running> {
  readonly name: string;
  /** Resolves once it answers; ends what it began when the signal aborts. */
  launch(signal: AbortSignal): Promise<R>;
}

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
  /** A process that lived this long is thought to be well again. */
  readonly steadyMs: number;
}

/** A quarter of a second, doubling to half a minute. */
export const DEFAULT_BACKOFF: Backoff = { firstMs: 250, mostMs: 30_000, steadyMs: 60_000 };

export interface Supervised<R extends Running = Running> {
  readonly name: string;
  /** The process of now; undefined between two. */
  current(): R | undefined;
  /** Replaces the process at once, without a pause. */
  restart(): Promise<void>;
  /** Ends the process and the supervision. */
  stop(graceMs?: number): Promise<void>;
}

export interface SuperviseOptions {
  readonly log: Log;
  /** Aborts the first start. */
  readonly signal: AbortSignal;
  readonly backoff?: Backoff;
}

/**
 * Starts a service and keeps it up: when its process ends unasked it is started again, after a pause that doubles with
 * each failure. Only the first start may fail.
 */
export async function supervise<R extends Running>(
  service: Service<R>,
  options: SuperviseOptions,
): Promise<Supervised<R>> {
  const { log, backoff = DEFAULT_BACKOFF } = options;
  const { name } = service;
  const stopping = new AbortController();
  let current: R | undefined = await service.launch(options.signal);
  let isReplaced = false;
  const loop = keepUp();

  async function keepUp(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      if (current !== undefined) {
        const since = performance.now();
        const exit = await current.exited;
        const { pid } = current;
        current = undefined;
        if (stopping.signal.aborted) return;
        if (performance.now() - since >= backoff.steadyMs || isReplaced) failures = 0;
        if (!isReplaced) log.warn(`${name} ended with ${describeExit(exit)}`, { pid });
      }
      if (!isReplaced)
        await sleep(pauseMs(failures++, backoff), undefined, { signal: stopping.signal }).catch(() => undefined);
      isReplaced = false;
      if (stopping.signal.aborted) return;
      try {
        current = await service.launch(stopping.signal);
        if (stopping.signal.aborted) return await current.stop();
        log.info(`${name} is up again`, { pid: current.pid });
      } catch (error) {
        if (!stopping.signal.aborted) log.error(`${name} did not come up: ${messageOf(error)}`);
      }
    }
  }

  return {
    name,
    current: () => current,
    async restart() {
      if (current === undefined) return; // it is on its way up already
      isReplaced = true;
      await current.stop();
    },
    async stop(graceMs) {
      stopping.abort();
      await current?.stop(graceMs);
      await loop;
    },
  };
}

/** Doubles with each failure; up to a quarter is left to chance, so that a host's workers do not come back in step. */
export function pauseMs(failures: number, { firstMs, mostMs }: Backoff, random: () => number = Math.random): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.min(failures, 30));
  return whole * (1 - random() / 4);
}
