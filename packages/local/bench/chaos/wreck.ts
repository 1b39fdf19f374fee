import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../stack.js';

export const BLOWS = ['worker', 'api', 'redis', 'flushall', 'postgres'] as const;
export type Blow = (typeof BLOWS)[number];

/** How often each comes, of a hundred. */
const SHARES: Readonly<Record<Blow, number>> = { worker: 50, api: 14, redis: 12, flushall: 10, postgres: 14 };

/** After finding nothing to hit. */
const RETRY_MS = 20;

export interface WreckOptions {
  readonly blows: number;
  /** Resolves when the blow of a number is to fall. */
  readonly due: (blow: number) => Promise<void>;
  readonly random: () => number;
  /** Ends it early. */
  readonly isOver: () => boolean;
  readonly onBlow?: (blow: Blow) => void;
}

/**
 * Kills processes of the stack with SIGKILL, or empties Redis, at random, until it has done so as often as wanted. A blow falls
 * on what is up: a process that is on its way up already is left alone, and another is chosen.
 *
 * @returns how often each came
 */
export async function wreck(stack: Stack, options: WreckOptions): Promise<Readonly<Record<Blow, number>>> {
  const { blows, due, random, isOver, onBlow } = options;
  const done: Record<Blow, number> = { worker: 0, api: 0, redis: 0, flushall: 0, postgres: 0 };
  for (let count = 0; count < blows && !isOver(); ) {
    await due(count);
    const blow = choose(random);
    if (isOver()) break;
    if (!(await strike(stack, blow, random))) {
      await sleep(RETRY_MS);
      continue;
    }
    done[blow]++;
    count++;
    onBlow?.(blow);
  }
  return done;
}

function choose(random: () => number): Blow {
  let left = random() * 100;
  for (const blow of BLOWS) {
    left -= SHARES[blow];
    if (left < 0) return blow;
  }
  return 'worker';
}

/** Whether there was something to hit. */
async function strike(stack: Stack, blow: Blow, random: () => number): Promise<boolean> {
  switch (blow) {
    case 'worker':
      return kill(stack.workers[Math.floor(random() * stack.workers.length)]?.current()?.pid);
    case 'api':
      return kill(stack.api.current()?.pid);
    case 'redis':
      return kill(stack.redis.pid());
    case 'postgres':
      return kill(stack.postgres.pid());
    case 'flushall':
      return flushAll(stack.redis.url);
  }
}

function kill(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // it has just ended by itself
  }
}

/** Whether Redis has forgotten everything. */
async function flushAll(url: string): Promise<boolean> {
  const { hostname, port, password } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: 1_000 });
    let received = '';
    const end = (isDone: boolean) => {
      socket.destroy();
      resolve(isDone);
    };
    socket.on('connect', () => socket.write(`AUTH ${decodeURIComponent(password)}\r\nFLUSHALL\r\n`));
    socket.on('data', (chunk) => {
      received += String(chunk);
      if (received.split('\r\n').length > 2) end(received === '+OK\r\n+OK\r\n');
    });
    for (const event of ['error', 'timeout', 'close']) socket.on(event, () => end(false));
  });
}
