import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** One line of a table of figures. */
export interface Figure {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly isReached: boolean;
}

/** The value below which that share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Processes that waited for a core in the last minute, with those that had one: above the number of cores, others were at work. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${memory} GiB, Node ${process.versions.node}`;
}

/** A Markdown table; the load is that at the end of each measurement. */
export function figureTable(figures: readonly (Figure & { readonly load: string })[]): string {
  const lines = figures.map(
    ({ what, wanted, found, isReached, load: at }) =>
      `| ${what} | ${wanted} | ${isReached ? found : `**${found}**`} | ${at} |`,
  );
  return ['| figure | wanted | found (missed in bold) | load average |', '| --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}
