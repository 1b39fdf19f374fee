import type { LeaderboardEntryView, SearchView } from '@caviar/contracts';
import { columnsOf } from '@caviar/terminal';

type ParamValue = LeaderboardEntryView['params'][string];
type Progress = SearchView['progress'];

/** Four significant digits, as short as that can be said. */
export function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) return String(Number(value.toPrecision(4)));
  return value.toExponential(2).replace('e+', 'e');
}

export function paramText(value: ParamValue | undefined): string {
  if (value === undefined) return '-';
  if (typeof value === 'number') {
    // Of a beta, it is the distance to one that counts: 0.99951 must not become 1.
    if (value > 0.9 && value < 1) return String(Number(value.toFixed(2 - Math.floor(Math.log10(1 - value)))));
    return numberText(value);
  }
  return exactText(value);
}

/** All of it: a value to be taken home, where four digits would be another one. */
export function exactText(value: ParamValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** "2026-11-03 14:05:09 +01:00": here, and where here is. */
export function timeText(time: string): string {
  const date = new Date(time);
  const minutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
  const two = (count: number) => String(count).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${local} ${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** "3 min 20 s": two units at most. */
export function durationText(ms: number | null): string {
  if (ms === null) return '-';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = Math.floor(ms / 1000);
  if (s < 10) return `${(ms / 1000).toFixed(1)} s`;
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** "5 min ago", or the day when it is long ago. */
export function agoText(time: string, now = Date.now()): string {
  const ms = Math.max(0, now - Date.parse(time));
  if (ms < 60_000) return 'just now';
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ago`;
  return timeText(time).slice(0, 10);
}

/** Trials that have come to an end, well or not. */
export function endedOf({ completed, pruned, infeasible, failed, cancelled }: Progress): number {
  return completed + pruned + infeasible + failed + cancelled;
}

/** "31 completed, 1 infeasible, 2 running": what there is some of. */
export function countsText({ total: _, ...counts }: Progress): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'none yet' : parts.map(([status, count]) => `${count} ${status}`).join(', ');
}

export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Breaks prose into lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Names padded to the widest, then what they are; long values go on in their own column. */
export function fields(rows: readonly (readonly [name: string, value: string])[], width: number): string[] {
  const widest = Math.max(0, ...rows.map(([name]) => columnsOf(name)));
  return rows.flatMap(([name, value]) =>
    wrap(value, Math.max(20, width - widest - 4)).map(
      (line, index) =>
        `  ${index === 0 ? name : ''}${' '.repeat(widest - (index === 0 ? columnsOf(name) : 0))}  ${line}`,
    ),
  );
}
