import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Exit, Running } from './running.js';
import { DEFAULT_BACKOFF, pauseMs, supervise } from './supervise.js';

const QUICK = { firstMs: 5, mostMs: 40, steadyMs: 60_000 };
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const options = { log: silent, signal: new AbortController().signal, backoff: QUICK };

/** A process that lives until it is told to die. */
function process(pid: number): Running & { die: (exit?: Exit) => void; stops: number } {
  let die: (exit: Exit) => void = () => undefined;
  const exited = new Promise<Exit>((resolve) => (die = resolve));
  const self = {
    pid,
    exited,
    stops: 0,
    die: (exit: Exit = { code: 1, signal: null }) => die(exit),
    async stop() {
      self.stops++;
      die({ code: 0, signal: null });
    },
    kill: () => undefined,
  };
  return self;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2);
}

test('starts a dead process again, and leaves it alone once stopped', async () => {
  const started: ReturnType<typeof process>[] = [];
  const launch = async () => {
    const next = process(started.length + 1);
    started.push(next);
    return next;
  };
  const supervised = await supervise({ name: 'worker', launch }, options);
  started[0]?.die();
  await until(() => supervised.current()?.pid === 2);
  started[1]?.die();
  await until(() => supervised.current()?.pid === 3);

  await supervised.stop();
  expect(started[2]?.stops).toBe(1);
  await sleep(60);
  expect(started).toHaveLength(3);
});

test('a first start that fails is the caller’s', async () => {
  const launch = () => Promise.reject(new Error('no such program'));
  await expect(supervise({ name: 'worker', launch }, options)).rejects.toThrow('no such program');
});

test('goes on trying when a restart fails, waiting longer each time', async () => {
  const first = process(1);
  const times: number[] = [];
  const launch = async () => {
    times.push(Date.now());
    if (times.length === 1) return first;
    if (times.length < 5) throw new Error('not yet');
    return process(5);
  };
  const supervised = await supervise(
    { name: 'worker', launch },
    { ...options, backoff: { ...QUICK, firstMs: 20, mostMs: 1e4 } },
  );
  first.die();
  await until(() => supervised.current()?.pid === 5);
  const gaps = times.slice(2).map((time, index) => time - (times[index + 1] ?? 0));
  expect(gaps[0]).toBeGreaterThanOrEqual(28); // 40 ms, less the quarter left to chance
  expect(gaps[2]).toBeGreaterThanOrEqual(118); // 160 ms
  await supervised.stop();
});

test('stops in the middle of a pause and of a restart', async () => {
  const first = process(1);
  const launch = async (signal: AbortSignal) => {
    if (first.stops === 0 && !wasStarted) {
      wasStarted = true;
      return first;
    }
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    throw new Error('unreachable');
  };
  let wasStarted = false;
  const supervised = await supervise({ name: 'worker', launch }, options);
  first.die();
  await sleep(30); // it is launching now, and never ready
  await supervised.stop();
  expect(supervised.current()).toBeUndefined();
});

test('a process that comes up while we stop is stopped too', async () => {
  const started: ReturnType<typeof process>[] = [];
  const launch = async () => {
    const next = process(started.length + 1);
    started.push(next);
    if (started.length > 1) await sleep(30); // deaf to the signal
    return next;
  };
  const supervised = await supervise({ name: 'worker', launch }, options);
  started[0]?.die();
  await until(() => started.length === 2);
  await supervised.stop();
  expect(started[1]?.stops).toBe(1);
});

test('restart replaces the process without a pause', async () => {
  const started: ReturnType<typeof process>[] = [];
  const launch = async () => {
    const next = process(started.length + 1);
    started.push(next);
    return next;
  };
  const backoff = { ...QUICK, firstMs: 60_000, mostMs: 60_000 };
  const supervised = await supervise({ name: 'API', launch }, { ...options, backoff });
  await supervised.restart();
  await until(() => supervised.current()?.pid === 2);
  expect(started[0]?.stops).toBe(1);
  await supervised.stop();
});

test('the pause doubles from a quarter of a second to half a minute, less up to a quarter', () => {
  const longest = [0, 1, 2, 6, 7, 50].map((failures) => pauseMs(failures, DEFAULT_BACKOFF, () => 0));
  expect(longest).toEqual([250, 500, 1000, 16_000, 30_000, 30_000]);
  expect(pauseMs(0, DEFAULT_BACKOFF, () => 1)).toBe(187.5);
});
