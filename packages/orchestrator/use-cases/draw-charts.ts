import { isScheduled } from '@caviar/search';
import type { Metrics, ParamValue } from '@caviar/spec';
import type { Charts } from '../charts.js';
import type { Deps } from '../deps.js';
import { otherObjective } from './other-objective.js';
import { placesOf } from './pareto-board.js';
import { presentCurve, thin } from './read-curve.js';
import { getSearch } from './read-searches.js';

/** Pictures of one search; each says which version of the board it shows. */
export function createCharts(deps: Pick<Deps, 'searches' | 'trials' | 'charts'>): Charts {
  const { charts } = deps;
  return {
    async table(id, query) {
      const search = await getSearch(deps, id);
      const { version, spec } = search;
      if (spec.objectives === undefined) {
        const constrained = spec.constraints === undefined ? undefined : spec.objective.direction;
        // Of one objective the order of the board is that of its values.
        const sort = query.sort === 'front' ? 'value' : query.sort;
        return { version, offset: query.offset, ...(await charts.table(id, { ...query, sort, constrained })) };
      }
      const { numbers, ranks } = await placesOf(deps, search);
      const places = query.sort === 'front' ? numbers : undefined;
      const { total, items } = await charts.table(id, { ...query, places });
      const fronts = frontsByNumber(numbers, ranks);
      return {
        version,
        offset: query.offset,
        total,
        items,
        fronts: items.map(({ number }) => fronts.get(number) ?? null),
      };
    },
    async points(id, { limit, metrics = [] }) {
      const search = await getSearch(deps, id);
      const { version, progress, status, spec } = search;
      const made = madeOf(progress);
      const places = spec.objectives === undefined ? null : await placesOf(deps, search);
      const trials = await charts.points(id, { made, limit, metrics, best: places?.numbers });
      const fronts = places === null ? null : frontsByNumber(places.numbers, places.ranks);
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
        ...(fronts !== null && { front: trials.map(({ number }) => fronts.get(number) ?? null) }),
      };
    },
    async bestSoFar(id, { maxPoints, objective }) {
      const { version, progress, spec } = await getSearch(deps, id);
      const other = otherObjective(spec, objective);
      const items = other === null ? await charts.bestSoFar(id) : await charts.bestOf(id, other);
      return { version, total: madeOf(progress), items: thin(items, maxPoints) };
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
      // Without a scheduler no trial ever stops at one: nothing is to be looked for, among however many.
      return { version, items: isScheduled(spec) ? await charts.rungs(id, spec.objective) : [] };
    },
    async timeline(id, { limit }) {
      const { version } = await getSearch(deps, id);
      return { version, items: await charts.timeline(id, limit) };
    },
  };
}

function frontsByNumber(numbers: readonly number[], ranks: readonly number[]): ReadonlyMap<number, number> {
  return new Map(numbers.map((number, i) => [number, ranks[i]!]));
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
