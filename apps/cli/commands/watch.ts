import type { WatchedBoard } from '@caviar/client';
import type { LeaderboardEntryView, MeasurementsView, SearchView } from '@caviar/contracts';
import type { Context } from '../command.js';
import { isAbortLike } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { brailleChart, type Series } from '../view/braille.js';
import { countsText, endedOf, numberText, timeText } from '../view/format.js';
import { boardTable, progressLines, searchTitle } from '../view/search-lines.js';

const CURVES = 3;
const CURVE_POINTS = 200;
const CHART_HEIGHT = 7;
const REDRAW_MS = 500;
/** Lines of a live screen that are neither board nor chart. */
const FRAME_LINES = 7;
const MOST_ENTRIES = 10;
const LEAST_MS = 200;
/** On a pipe, one line per second is enough for people, and not too much for a log. */
const LINE_MS = 1000;

type Point = MeasurementsView['items'][number];

/** Follows a search until it has ended: on a terminal as a picture, else line by line. Answers the exit code. */
export async function watch(context: Context, id: string): Promise<number> {
  const { client, io, screen, flags, isJson } = context;
  const asked = flags.number('limit');
  const entries = asked ?? Math.max(3, Math.min(MOST_ENTRIES, (io.stdout.rows ?? 24) - FRAME_LINES - CHART_HEIGHT - 2));
  const isLive = screen.isLive && !isJson;
  const curves = new Map<string, readonly Point[]>();
  let last: WatchedBoard | undefined;
  let told = '';
  const draw = () => {
    if (last !== undefined && isLive) screen.draw(picture(context, last, curves));
  };
  const timer = isLive ? setInterval(draw, REDRAW_MS) : undefined;
  try {
    const boards = client.watchLeaderboard(id, {
      limit: entries,
      everyMs: isLive ? LEAST_MS : LINE_MS,
      signal: io.signal,
    });
    for await (last of boards) {
      if (isJson) {
        io.stdout.write(`${JSON.stringify(last.board)}\n`);
        continue;
      }
      if (isLive) {
        await readCurves(context, last.board.entries, curves);
        draw();
        continue;
      }
      const line = lineOf(last);
      if (line !== told) io.stdout.write(`${timeText(new Date().toISOString()).slice(11, 19)}  ${line}\n`);
      told = line;
    }
    // The board may have been the last one before the search said so.
    if (last !== undefined) last = { ...last, search: await client.getSearch(id, { signal: io.signal }) };
  } catch (error) {
    if (!io.signal.aborted) throw error;
    clearInterval(timer);
    if (isLive) screen.print(...keptOf(context, last, curves));
    io.stderr.write(`The search goes on without being watched.\nnext: caviar search watch ${id}\n`);
    return EXIT.interrupted;
  } finally {
    clearInterval(timer);
  }
  if (last === undefined) return EXIT.ok;
  if (isLive) screen.print(...keptOf(context, last, curves));
  else if (!isJson) screen.print('', ...endOf(context, last));
  return last.search.status === 'completed' ? EXIT.ok : EXIT.bad;
}

/** The live lines become lines that stay. */
function keptOf(
  context: Context,
  last: WatchedBoard | undefined,
  curves: ReadonlyMap<string, readonly Point[]>,
): string[] {
  context.screen.draw([]);
  if (last === undefined) return [];
  return [...picture(context, last, curves), ...nextOf(context, last.search)];
}

function picture(
  context: Context,
  { board, search }: WatchedBoard,
  curves: ReadonlyMap<string, readonly Point[]>,
): string[] {
  const { screen, style } = context;
  const width = screen.width();
  return [
    searchTitle(search, style),
    ...progressLines(search, board, { width, now: Date.now() }),
    '',
    ...chart(context, { entries: board.entries, search, curves, width }),
    ...boardTable(board.entries, search, { width, style }),
    style.dim(countsText(board.progress)),
  ];
}

/** Learning curves of the best trials, where they have more than one step. */
function chart(
  { style }: Context,
  {
    entries,
    search,
    curves,
    width,
  }: {
    readonly entries: readonly LeaderboardEntryView[];
    readonly search: SearchView;
    readonly curves: ReadonlyMap<string, readonly Point[]>;
    readonly width: number;
  },
): string[] {
  const paints = [style.green, style.cyan, style.magenta];
  const { metric } = search.spec.objective;
  // Without colours nobody could tell several curves apart.
  const hasColor = style.bold('x') !== 'x';
  const shown = entries.slice(0, hasColor ? CURVES : 1).flatMap(({ trialId, number }, index): Series[] => {
    const points = (curves.get(trialId) ?? []).map(({ step, metrics }) => [step, metrics[metric] ?? null] as const);
    return points.length < 2 ? [] : [{ label: `trial ${number}`, points, paint: paints[index] ?? style.dim }];
  });
  if (shown.length === 0) return [];
  const legend = shown.map(({ label, paint }) => paint(`⣀ ${label}`)).join('  ');
  // The best is drawn last, above the others.
  return [
    `${metric}  ${legend}`,
    ...brailleChart(shown.toReversed(), { width: Math.min(width, 100), height: CHART_HEIGHT }, numberText),
    '',
  ];
}

/** Curves of the best trials; those of ended trials do not change, and are read once. */
async function readCurves(
  { client, io }: Context,
  entries: readonly LeaderboardEntryView[],
  curves: Map<string, readonly Point[]>,
): Promise<void> {
  const wanted = entries.slice(0, CURVES).filter(({ trialId }) => !curves.has(trialId));
  await Promise.all(
    wanted.map(async ({ trialId }) => {
      try {
        curves.set(trialId, (await client.measurements(trialId, { maxPoints: CURVE_POINTS, signal: io.signal })).items);
      } catch (error) {
        // A picture without that curve is better than none; the board itself says when the service is away.
        if (isAbortLike(error)) throw error;
      }
    }),
  );
}

function lineOf({ board: { progress, entries }, search }: WatchedBoard): string {
  const [best] = entries;
  const value =
    best === undefined ? '' : `  best ${search.spec.objective.metric} ${numberText(best.value)} (trial ${best.number})`;
  return `${search.status}  ${endedOf(progress)}/${progress.total} trials  ${progress.running} running${value}`;
}

function endOf(context: Context, { board, search }: WatchedBoard): string[] {
  const { screen, style } = context;
  return [
    searchTitle(search, style),
    ...boardTable(board.entries, search, { width: screen.tableWidth(), style }),
    ...nextOf(context, search),
  ];
}

function nextOf({ style }: Context, { id, best, status, reason }: SearchView): string[] {
  const isOver = status !== 'running' && status !== 'paused';
  const why = isOver && reason !== null ? [style.dim(reason)] : [];
  return [...why, ...(isOver && best !== null ? [`${style.dim('next:')} caviar diagnose ${id}`] : [])];
}
