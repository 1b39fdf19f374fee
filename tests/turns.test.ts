import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '@caviar/db';
import { takeTurns, type WorkerStore } from '@caviar/orchestrator';
import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, beforeEach, expect, test } from 'vitest';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
afterAll(async () => {
  await db.close();
  await files.drop();
});
beforeEach(() => runSql(files.url, `UPDATE turns SET taken_at = now() - interval '1 hour'`));

const warned: string[] = [];
const logger = { debug() {}, info() {}, warn: (_: object, message: string) => warned.push(message), error() {} };

/** The store of one of many processes, which counts how often it is asked. */
function counted() {
  const asked: number[] = [];
  const workers: Pick<WorkerStore, 'takeTurns'> = {
    takeTurns(turns) {
      asked.push(performance.now());
      return db.workers.takeTurns(turns);
    },
  };
  return { asked, deps: { workers: workers as WorkerStore, logger } };
}
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

test('does each work in its time, beside each other, and lets what has begun end', async () => {
  const stop = new AbortController();
  const done: string[] = [];
  let finish = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const turning = takeTurns(
    counted().deps,
    {
      webhooks: { everyMs: 20, work: () => slow.then(() => void done.push('webhooks')) },
      tidy: { everyMs: 20, work: async () => void done.push('tidy') },
      prune: { everyMs: 3_600_000, work: async () => void done.push('prune') },
    },
    stop.signal,
  );
  await until(() => done.filter((what) => what === 'tidy').length >= 3);
  // Its time has come but once, and what has not ended is not begun again.
  expect(done.filter((what) => what !== 'tidy')).toEqual(['prune']);
  stop.abort();
  finish();
  await turning;
  expect(done.at(-1)).toBe('webhooks');
});

test('goes on after a failure, which is told once in a row', async () => {
  const stop = new AbortController();
  let tries = 0;
  warned.length = 0;
  const work = async () => {
    tries++;
    throw new Error('no');
  };
  const turning = takeTurns(counted().deps, { tidy: { everyMs: 10, work } }, stop.signal);
  await until(() => tries >= 3);
  stop.abort();
  await turning;
  expect(warned).toEqual(['a recurring task failed; it will be tried again']);
});

test('forty processes do the work as often as one, and ask about as often as a few', async () => {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const everyMs = 50;
  const times: number[] = [];
  const work = async () => void times.push(performance.now());
  const all = Array.from({ length: 40 }, counted);
  const turning = all.map(({ deps }) => takeTurns(deps, { tidy: { everyMs, work } }, stop.signal));
  // Until they have found their pace, and then on.
  await until(() => times.length >= 30);
  const from = performance.now();
  await until(() => times.length >= 60);
  const intervals = (performance.now() - from) / everyMs;
  stop.abort();
  await Promise.all(turning);
  const asked = all.flatMap((one) => one.asked).filter((at) => at >= from).length;
  // Each by itself would ask once an interval: forty times. The work is done at most once in 0.7 of it.
  expect(asked / intervals).toBeLessThan(15);
  expect(30 / intervals).toBeLessThanOrEqual(1 / 0.7 + 0.1);
});
