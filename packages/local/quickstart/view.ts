import { bar, type Column, type Style, table } from '@caviar/terminal';
import type { Board, Entry, ParamValue, Progress } from './rest.js';

// What the quickstart shows, as functions from what is known to lines.

const TOP_LIVE = 5;
const TOP_FINAL = 10;
const WIDEST_BAR = 40;
const NAME_WIDTH = 12;

/** Trials that have come to an end, well or not. */
export function finishedOf({ completed, pruned, infeasible, failed, cancelled }: Progress): number {
  return completed + pruned + infeasible + failed + cancelled;
}

/** "17/40 trials, 3.1 trials/s, 7 s left, best dev error 3.3 %" */
export function progressText({ progress, entries }: Board, elapsedMs: number): string {
  const finished = finishedOf(progress);
  const rate = finished / (elapsedMs / 1000);
  const parts = [`${finished}/${progress.total} trials`];
  if (finished > 0) parts.push(`${rate.toPrecision(2)} trials/s`);
  if (finished > 0 && finished < progress.total) parts.push(`${Math.ceil((progress.total - finished) / rate)} s left`);
  const best = entries[0]?.value;
  if (best !== undefined && best !== null) parts.push(`best dev error ${percent(best)}`);
  return parts.join(', ');
}

/** The live lines: a bar, the figures, the top of the board. */
export function progressLines(board: Board, elapsedMs: number, width: number): string[] {
  const fraction = finishedOf(board.progress) / Math.max(1, board.progress.total);
  const top = board.entries.slice(0, TOP_LIVE);
  return [
    `  ${bar(fraction, Math.min(WIDEST_BAR, width - 2))}`,
    `  ${progressText(board, elapsedMs)}`,
    '',
    ...table(COLUMNS, top, width - 2).map((line) => `  ${line}`),
    ...Array.from({ length: TOP_LIVE - top.length }, () => ''), // so that the region keeps its height
  ];
}

export interface Result {
  readonly board: Board;
  readonly elapsedMs: number;
  readonly workers: number;
  /** Of the parameters, in the order of the space: a stored trial may have them in another. */
  readonly names: readonly string[];
}

/** The last screen: ten best, the winner, the spread, where it ran. */
export function resultLines(
  { board, elapsedMs, workers, names }: Result,
  width: number,
  { bold, dim }: Style,
): string[] {
  const [winner] = board.entries;
  if (winner === undefined || winner.value === null) return ['No trial came to a result.'];
  const values = board.entries.flatMap(({ value }) => (value === null ? [] : [value]));
  const median = medianOf(values);
  const { infeasible } = board.progress;
  const seconds = (elapsedMs / 1000).toFixed(1);
  const rate = (finishedOf(board.progress) / (elapsedMs / 1000)).toPrecision(2);
  return [
    bold('Leaderboard'),
    ...table(COLUMNS, board.entries.slice(0, TOP_FINAL), width - 2).map(
      (line, index) => `  ${index === 0 ? dim(line) : line}`,
    ),
    '',
    bold(`Winner: trial ${winner.number}`),
    `  ${'dev error'.padEnd(NAME_WIDTH)} ${errorText(winner, 'dev')}`,
    `  ${'train error'.padEnd(NAME_WIDTH)} ${errorText(winner, 'train')}`,
    ...names
      .filter((name) => name in winner.params)
      .map((name) => `  ${name.padEnd(NAME_WIDTH)} ${paramText(winner.params[name])}`),
    ...adviceLines(winner),
    '',
    bold('The search'),
    `  dev error: best ${percent(winner.value)}, median ${percent(median)}, worst ${percent(Math.max(...values))}`,
    `  ${finishedOf(board.progress)} trials in ${seconds} s (${rate} trials/s) on ${workers} worker process${workers === 1 ? '' : 'es'}${infeasible > 0 ? `; ${infeasible} diverged` : ''}`,
  ];
}

/** What to do after the quickstart. */
export function nextLines(searchId: string, home: string, { bold }: Style): string[] {
  return [
    bold('Next'),
    '  npm start                                     the service, kept up on http://127.0.0.1:3000 (in a browser)',
    // in quotes: to zsh a question mark is a pattern, which matches no file
    `  curl "localhost:3000/v1/searches/${searchId}/leaderboard?limit=3"`,
    '  curl localhost:3000/v1/searches -H "content-type: application/json" -d @docs/examples/quickstart.json',
    `  Your results are kept in ${home}. README.md and docs/ tell the rest.`,
  ];
}

const COLUMNS: readonly Column<Entry>[] = [
  { title: '#', align: 'right', cell: ({ rank }) => String(rank) },
  { title: 'trial', align: 'right', cell: ({ number }) => String(number) },
  { title: 'dev error', align: 'right', cell: (entry) => errorText(entry, 'dev') },
  { title: 'train error', align: 'right', cell: (entry) => errorText(entry, 'train') },
  ...(
    [
      'learningRate',
      'optimizer',
      'batchSize',
      'hiddenLayers',
      'hiddenUnits',
      'keepProb',
      'l2', // the betas are those of some optimizers alone: the winner's are told below
    ] as const
  ).map(
    (name): Column<Entry> => ({
      title: name,
      align: name === 'optimizer' ? 'left' : 'right',
      cell: ({ params }) => paramText(params[name]),
    }),
  ),
];

/** The course's basic recipe in one line: is it bias or variance that is left? */
function adviceLines({ metrics }: Entry): string[] {
  const train = metrics['train.error'];
  const dev = metrics['dev.error'];
  if (typeof train !== 'number' || typeof dev !== 'number') return [];
  return dev - train > train
    ? ['  Most of its error is variance (dev above train): more data, more l2, a lower keepProb.']
    : ['  Most of its error is bias (train above zero): a bigger network, more epochs, another optimizer.'];
}

function errorText({ metrics }: Entry, set: 'dev' | 'train'): string {
  const error = metrics[`${set}.error`];
  return typeof error === 'number' ? percent(error) : '-';
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

function paramText(value: ParamValue | undefined): string {
  if (value === undefined) return '-';
  if (typeof value === 'number' && !Number.isInteger(value)) {
    // of a beta, it is the distance to one that counts: 0.99951 must not become 1
    const isBeta = value > 0.9 && value < 1;
    return String(Number(isBeta ? value.toFixed(1 - Math.floor(Math.log10(1 - value))) : value.toPrecision(3)));
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
