import type { Metrics, ParamValue } from '@caviar/spec';
import type { Charts } from '../charts.js';
import type { Deps } from '../deps.js';
import { presentCurve, thin } from './read-curve.js';
import { getSearch } from './read-searches.js';

/** Pictures of one search; each says which version of the board it shows. */
export function createCharts(deps: Pick<Deps, 'searches' | 'charts'>): Charts {
  const { charts } = deps;
  return {
    async table(id, query) {
      const { version } = await getSearch(deps, id);
      return { version, offset: query.offset, ...(await charts.table(id, query)) };
    },
    async points(id, { limit, metrics = [] }) {
      const { version, progress, status, spec } = await getSearch(deps, id);
      const made = madeOf(progress);
      const trials = await charts.points(id, { made, limit, metrics });
      const names = new Set(Object.keys(spec.space));
      for (const { params } of trials) for (const name of Object.keys(params)) names.add(name);
      return {
        version,
        total: status === 'running' ? Math.max(made, trials.length) : made,
        id: trials.map((trial) => trial.id),
        number: trials.map(({ number }) => number),
        status: trials.map((trial) => trial.status),
        value: trials.map(({ value }) => value),
        step: trials.map(({ step }) => step),
        round: trials.map(({ round }) => round),
        durationMs: trials.map(({ durationMs }) => durationMs),
        params: columns([...names], trials, (trial) => trial.params),
        metrics: columns(metrics, trials, (trial) => trial.metrics) as Record<string, (number | null)[]>,
      };
    },
    async bestSoFar(id, { maxPoints }) {
      const { version, progress } = await getSearch(deps, id);
      return { version, total: madeOf(progress), items: thin(await charts.bestSoFar(id), maxPoints) };
    },
    async curves(id, { numbers, best, metrics, maxPoints, beta }) {
      const { version } = await getSearch(deps, id);
      const found = await charts.curves(id, { numbers, best });
      const items = found.map(({ measurements, ...trial }) => {
        const points = presentCurve(measurements, { maxPoints, beta });
        const names = metrics ?? [...new Set(points.flatMap((point) => Object.keys(point.metrics)))];
        const series = columns(names, points, (point) => (point.smoothed ?? point.metrics) as Metrics);
        return {
          ...trial,
          steps: points.map(({ step }) => step),
          metrics: series as Record<string, (number | null)[]>,
        };
      });
      return { version, items };
    },
    async rungs(id) {
      const { version, spec } = await getSearch(deps, id);
      return { version, items: await charts.rungs(id, spec.objective.direction) };
    },
    async timeline(id, { limit }) {
      const { version } = await getSearch(deps, id);
      return { version, items: await charts.timeline(id, limit) };
    },
  };
}

function columns<Row>(
  names: readonly string[],
  rows: readonly Row[],
  valuesOf: (row: Row) => Readonly<Record<string, ParamValue | null>>,
): Record<string, (ParamValue | null)[]> {
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => valuesOf(row)[name] ?? null)]));
}

function madeOf(progress: Readonly<Record<string, number>>): number {
  const { total: _, ...counts } = progress;
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
