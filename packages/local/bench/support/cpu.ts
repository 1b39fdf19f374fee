import { readdirSync, readFileSync } from 'node:fs';
import type { Service } from './service.js';

/** Processor time so far, in milliseconds, by part of the service. */
export interface CpuTimes {
  readonly api: number;
  readonly workers: number;
  readonly postgres: number;
  readonly redis: number;
}

const TICK_MS = 10; // 100 a second wherever Linux runs today

/** Linux only. What is left of a figure where the machine is shared: others make things take longer, but hardly more work. */
export function cpuTimes({ stack }: Service): CpuTimes {
  const workers = stack.workers.map((worker) => timeOf(worker.current()?.pid));
  return {
    api: timeOf(stack.api.current()?.pid),
    workers: workers.reduce((sum, ms) => sum + ms, 0),
    postgres: timeOf(stack.postgres.pid()),
    redis: timeOf(stack.redis.pid()),
  };
}

/** "1.2 ms: API 0.1, workers 0.6, Postgres 0.5, Redis 0" for each of so many. */
export function cpuEach(before: CpuTimes, after: CpuTimes, count: number): string {
  const each = (part: keyof CpuTimes) => (after[part] - before[part]) / count;
  const all = each('api') + each('workers') + each('postgres') + each('redis');
  const part = (name: string, value: number) => `${name} ${value.toFixed(2)}`;
  return `${all.toFixed(2)} ms: ${part('API', each('api'))}, ${part('workers', each('workers'))}, ${part('Postgres', each('postgres'))}, ${part('Redis', each('redis'))}`;
}

/** Of the process, its children that are there, and those that it has seen end. */
function timeOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const children = childrenOf(pid).reduce((sum, child) => sum + ticks(child, 2), 0);
  return TICK_MS * (ticks(pid, 4) + children);
}

/** utime, stime, cutime, cstime of /proc/PID/stat: the first so many of them. */
function ticks(pid: number, fields: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return words.slice(11, 11 + fields).reduce((sum, word) => sum + Number(word), 0);
  } catch {
    return 0; // gone
  }
}

/** Processes whose parent it is. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
