import type { LeaderboardEntryView, LeaderboardView, SearchView } from '@caviar/contracts';
import { bar, type Column, fit, type Style, table } from '@caviar/terminal';
import { agoText, countsText, durationText, endedOf, fields, numberText, paramText, timeText } from './format.js';

const WIDEST_BAR = 48;
/** A name is cut, so that there is a name at all; the columns before it take about so much. */
const BESIDE_NAME = 61;
const SHORTEST_NAME = 12;
const LONGEST_NAME = 40;

export function searchTable(searches: readonly SearchView[], width: number, { bold }: Style): string[] {
  const room = Math.max(SHORTEST_NAME, Math.min(LONGEST_NAME, width - BESIDE_NAME));
  const columns: readonly Column<SearchView>[] = [
    { title: 'id', align: 'left', cell: ({ id }) => id },
    { title: 'status', align: 'left', cell: ({ status }) => status },
    { title: 'trials', align: 'right', cell: ({ progress }) => `${endedOf(progress)}/${progress.total}` },
    { title: 'best', align: 'right', cell: ({ best }) => numberText(best?.value) },
    { title: 'name', align: 'left', cell: ({ name }) => fit(name, room) },
    { title: 'begun', align: 'left', cell: ({ createdAt }) => agoText(createdAt) },
    { title: 'objective', align: 'left', cell: ({ spec }) => `${spec.objective.direction} ${spec.objective.metric}` },
  ];
  return emphasised(table(columns, searches, width), bold);
}

/** Ranked trials: place, number, value, params in the order of the space, then how it went. */
export function boardTable(
  entries: readonly LeaderboardEntryView[],
  search: SearchView,
  { width, style: { bold, green } }: { readonly width: number; readonly style: Style },
): string[] {
  if (entries.length === 0) return ['no trial has a result yet'];
  const metrics = metricsOf(search);
  const isMarked = entries.some(({ status }) => status !== 'completed');
  const columns: readonly Column<LeaderboardEntryView>[] = [
    { title: '#', align: 'right', cell: ({ rank }) => String(rank) },
    { title: 'trial', align: 'right', cell: ({ number }) => String(number) },
    ...metrics.map(
      (metric, index): Column<LeaderboardEntryView> => ({
        title: metric,
        align: 'right',
        cell: ({ value, metrics: all }) => numberText(index === 0 ? value : all[metric]),
      }),
    ),
    ...(isMarked
      ? [{ title: 'status', align: 'left', cell: ({ status }: LeaderboardEntryView) => status } as const]
      : []),
    ...Object.entries(search.spec.space).map(
      ([name, domain]): Column<LeaderboardEntryView> => ({
        title: name,
        align: isOfNumbers(domain) ? 'right' : 'left',
        cell: ({ params }) => paramText(params[name]),
      }),
    ),
    { title: 'steps', align: 'right', cell: ({ step }) => String(step) },
    { title: 'took', align: 'right', cell: ({ durationMs }) => durationText(durationMs) },
  ];
  const [titles = '', first = '', ...rest] = table(columns, entries, width);
  return [bold(titles), green(first), ...rest];
}

type Domain = SearchView['spec']['space'][string];

function isOfNumbers(domain: Domain): boolean {
  return domain.kind !== 'categorical' || domain.choices.every((choice) => typeof choice === 'number');
}

function metricsOf({ spec: { objective, objectives } }: SearchView): string[] {
  return (objectives ?? [objective]).map(({ metric }) => metric);
}

/** Bar and figures of a search that goes on, or the figures of one that has ended. */
export function progressLines(
  search: SearchView,
  board: Pick<LeaderboardView, 'progress'>,
  options: { readonly width: number; readonly now: number },
): string[] {
  const { progress } = board;
  const ended = endedOf(progress);
  const end = search.endedAt === null ? options.now : Date.parse(search.endedAt);
  const elapsedMs = Math.max(1, end - Date.parse(search.startedAt));
  const rate = ended / (elapsedMs / 1000);
  const isOpen = search.status === 'running';
  const parts = [`${ended}/${progress.total} trials`, durationText(elapsedMs)];
  if (isOpen && ended > 0) {
    parts.push(
      `${rate >= 0.1 ? `${numberText(Number(rate.toPrecision(2)))}/s` : `${numberText(Number((rate * 3600).toPrecision(2)))}/h`}`,
    );
    if (ended < progress.total) parts.push(`about ${durationText(((progress.total - ended) / rate) * 1000)} left`);
  }
  if (search.best !== null) parts.push(`best ${search.spec.objective.metric} ${numberText(search.best.value)}`);
  return [bar(ended / Math.max(1, progress.total), Math.min(WIDEST_BAR, options.width)), parts.join(' · ')];
}

/** Name, status and id, as the first line of anything about a search. */
export function searchTitle(
  { name, status, id, round }: Pick<SearchView, 'name' | 'status' | 'id' | 'round'>,
  style: Style,
): string {
  const stage = round === null ? '' : `, round ${round.index + 1} of ${round.of}`;
  return `${style.bold(name)}  ${statusText(status, style)}${stage}  ${style.dim(id)}`;
}

export function statusText(status: string, { green, red, yellow, cyan }: Style): string {
  switch (status) {
    case 'completed':
    case 'active':
      return green(status);
    case 'failed':
    case 'lost':
      return red(status);
    case 'running':
      return cyan(status);
    default:
      return yellow(status);
  }
}

/** What a search is, field by field. */
export function searchFields(search: SearchView, width: number): string[] {
  const { spec, progress, seed, createdAt, endedAt, reason, notes, startedAt } = search;
  const objectives = (spec.objectives ?? [spec.objective])
    .map(({ direction, metric }) => `${direction} ${metric}`)
    .join(', ');
  const trainer =
    spec.trainer.kind === 'mlp'
      ? `mlp on ${spec.trainer.dataset}`
      : spec.trainer.kind === 'command'
        ? `program ${spec.trainer.program}`
        : spec.trainer.kind;
  const stop = Object.entries(spec.stop)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return fields(
    [
      ['objective', objectives],
      ['trainer', trainer],
      ['sampler', spec.sampler.kind],
      ['scheduler', spec.scheduler.kind],
      ['stop', stop],
      ['seed', `${seed}, ${spec.reproducibility}, parallelism ${spec.parallelism}`],
      ['trials', `${endedOf(progress)} of ${progress.total} ended: ${countsText(progress)}`],
      [
        'begun',
        `${timeText(createdAt)}${endedAt === null ? '' : `, ended after ${durationText(Date.parse(endedAt) - Date.parse(startedAt))}`}`,
      ],
      ...(reason === null ? [] : [['reason', reason] as const]),
      ...(notes === null ? [] : [['notes', notes] as const]),
    ],
    width,
  );
}

export function emphasised([titles = '', ...rows]: readonly string[], bold: (text: string) => string): string[] {
  return [bold(titles), ...rows];
}
