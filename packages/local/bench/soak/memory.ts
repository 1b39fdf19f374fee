import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from '../support/cpu.js';

/** What a process holds, in MiB. */
export interface Sample {
  readonly atS: number;
  readonly rss: number;
  /** Of a process that has the probe in it. */
  readonly heap: number | undefined;
}

const MIB = 2 ** 20;

/**
 * Memory that belongs to the process and its children alone (`RssAnon`): pages that Postgres's processes share would be counted
 * for each, and grow until the cache is full. Linux only.
 */
export function residentMiB(pid: number): number {
  let sum = 0;
  for (const each of [pid, ...childrenOf(pid)]) {
    const [, kib] = /^RssAnon:\s+(\d+) kB/m.exec(read(`/proc/${each}/status`)) ?? [];
    sum += Number(kib ?? 0) / 1024;
  }
  return sum;
}

/** What the probe of a process has written last; undefined when it has none. */
export function heapMiB(folder: string, pid: number): number | undefined {
  const text = read(join(folder, `${pid}.json`));
  if (!text.endsWith('}')) return undefined;
  const { heap } = JSON.parse(text) as { readonly heap: number };
  return heap / MIB;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}
