const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** A length of time in its two largest units. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const index = UNITS.findIndex(([, size]) => seconds >= size);
  const [name, size] = UNITS[index] ?? ['min', 60];
  const [smaller, smallerSize] = UNITS[index + 1] ?? ['s', 1];
  const whole = Math.floor(seconds / size);
  const rest = Math.floor((seconds - whole * size) / smallerSize);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smaller}`;
}

/** How long ago that was. */
export function formatAgo(iso: string, now = Date.now()): string {
  const ms = Math.max(0, now - Date.parse(iso));
  if (ms < 5_000) return 'just now';
  const seconds = ms / 1_000;
  const [name, size] = UNITS.find(([, unit]) => seconds >= unit) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${name} ago`;
}

/** How long it is until then. */
export function formatUntil(iso: string | null | undefined, now = Date.now()): string {
  if (iso === null || iso === undefined) return '–';
  const ms = Date.parse(iso) - now;
  return ms <= 0 ? 'now' : `in ${formatDuration(ms)}`;
}

/** A point in time as people of this place write it. */
export function formatTime(iso: string | null | undefined): string {
  if (iso === null || iso === undefined) return '–';
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** The time of a day of today, and of another day that day too. */
export function formatClock(iso: string, now = Date.now()): string {
  const time = new Date(iso);
  // Not `hour12: false`: by that the first hour of a day is 24 where people count to 12.
  const clock = time.toLocaleTimeString(undefined, { hourCycle: 'h23' });
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  return `${time.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })} ${clock}`;
}
