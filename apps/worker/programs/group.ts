import { readdirSync, readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;

/** Sends a signal to a program and all that it has started. It leads a process group of its own; Windows has none. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // all of it is gone
  }
}

/** Resident memory of a process group in bytes; null where there is no /proc to read it from. */
export function groupMemory(pgid: number): number | null {
  try {
    let pages = 0;
    for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) pages += residentPages(name, pgid);
    return pages * PAGE_BYTES;
  } catch {
    return null;
  }
}

function residentPages(pid: string, pgid: number): number {
  try {
    // proc(5): the program's name stands in brackets and may hold anything; after it come state, ppid, pgrp, ..., rss (24th)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[2]) === pgid ? Number(fields[21]) : 0;
  } catch {
    return 0; // it ended while we looked
  }
}
