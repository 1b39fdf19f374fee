import { appendFileSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createScreen, type Screen, type Style, styleFor } from '@caviar/terminal';
import { isDumbTerminal, type LocalConfig, readConfig, wantsColor } from '../config.js';
import { createLog } from '../log.js';
import { repositoryRoot } from '../repository.js';
import { explain, runStack } from '../run-stack.js';
import { reachable } from '../services.js';
import type { Stack, StackOptions, StepDone } from '../stack.js';
import { StepError } from '../step-error.js';
import { type Board, Rest } from './rest.js';
import { finishedOf, nextLines, progressLines, progressText, resultLines } from './view.js';

const POLL_MS = 500;
const PLAIN_EVERY_MS = 1_000;
const STUCK_MS = 120_000;

interface View {
  readonly screen: Screen;
  readonly style: Style;
}

/**
 * `npm run quickstart`: brings everything up, runs the search of docs/examples/quickstart.json through the public API,
 * shows how it goes and how it ended, and takes everything down.
 *
 * @returns the exit code
 */
export async function quickstart(): Promise<number> {
  const style = styleFor(wantsColor(process.stdout.isTTY));
  const screen = createScreen(process.stdout, isDumbTerminal());
  const view = { screen, style };
  // It is there to be looked at: `npm run quickstart | head` ends it.
  process.stdout.once('error', () => process.kill(process.pid, 'SIGTERM'));
  try {
    const config = readConfig({ port: 0 });
    if (config.workers === 0)
      throw new StepError('Workers', 'CAVIAR_WORKERS is 0, so no trial would run', 'CAVIAR_WORKERS=1');
    const code = await runStack(stackOptions(config, view), (stack, signal) =>
      runSearch(stack, signal, { ...view, config }),
    );
    screen.draw([]);
    if (code > 128) screen.print('Stopped. What was found so far is kept; run it again at any time.');
    return code;
  } catch (error) {
    screen.draw([]);
    process.stderr.write(style.red(explain(error, '✗ ')));
    return 1;
  }
}

function stackOptions(config: LocalConfig, { screen, style }: View): Omit<StackOptions, 'signal'> {
  const logFile = join(config.home, 'logs', 'local.log');
  const log = createLog({ level: 'info', isTerminal: false, write: (line) => appendQuietly(logFile, line) });
  const waiting = new Set(['Postgres', 'Redis', 'migrations', 'API', 'workers']);
  const drawWaiting = () => screen.draw(waiting.size === 0 ? [] : [style.dim(`· ${[...waiting].join(', ')} …`)]);
  drawWaiting();
  return {
    config,
    log,
    output: 'files',
    onStep({ step, detail, durationMs }: StepDone) {
      const names: Record<StepDone['step'], string> = {
        postgres: 'Postgres',
        redis: 'Redis',
        migrations: 'migrations',
        api: 'API',
        workers: 'workers',
      };
      waiting.delete(names[step]);
      screen.print(`${style.green('✓')} ${detail} ${style.dim(`${(durationMs / 1000).toFixed(1)} s`)}`);
      drawWaiting();
    },
  };
}

async function runSearch(
  stack: Stack,
  signal: AbortSignal,
  view: View & { readonly config: LocalConfig },
): Promise<number> {
  const { screen, style, config } = view;
  const spec: { name: string; space: object; stop: { maxTrials: number } } = JSON.parse(
    readFileSync(join(repositoryRoot(), 'docs', 'examples', 'quickstart.json'), 'utf8'),
  );
  const rest = new Rest(reachable(stack.url), signal);
  // an earlier quickstart that was interrupted would go on now, and take half of the workers
  for (const { id, name } of await rest.runningSearches()) if (name === spec.name) await rest.cancel(id);

  const startedAt = performance.now();
  const { id } = await rest.createSearch(spec);
  screen.print(
    `${style.green('✓')} POST /v1/searches: ${spec.stop.maxTrials} trials of an MLP on digits, random search`,
    '',
  );
  const board = await follow(rest, id, { ...view, startedAt, logs: join(config.home, 'logs') });
  const elapsedMs = performance.now() - startedAt;
  const workers = await rest.workersOf(id);
  screen.draw([]);
  const inside = relative(process.cwd(), config.home);
  const home = inside === '' || inside.startsWith('..') ? config.home : inside;
  screen.print(
    ...resultLines({ board, elapsedMs, workers, names: Object.keys(spec.space) }, screen.width(), style),
    '',
    ...nextLines(id, home, style),
  );
  return 0;
}

interface Following extends View {
  readonly startedAt: number;
  readonly logs: string;
}

/** Shows the board until the search has ended, and returns the last one. */
async function follow(rest: Rest, id: string, { screen, startedAt, logs }: Following): Promise<Board> {
  let etag: string | null = null;
  let board: Board | undefined;
  let changedAt = performance.now();
  let printedAt = startedAt;
  let printedTenths = 0;
  for (;;) {
    const answer = await rest.leaderboard(id, etag, POLL_MS);
    if (answer !== undefined) {
      ({ board, etag } = answer);
      changedAt = performance.now();
    }
    if (board === undefined) continue;
    const elapsedMs = performance.now() - startedAt;
    screen.draw(progressLines(board, elapsedMs, screen.width()));
    const finished = finishedOf(board.progress);
    const tenths = Math.floor((finished / board.progress.total) * 10);
    if (!screen.isLive && tenths > printedTenths && performance.now() - printedAt >= PLAIN_EVERY_MS) {
      screen.print(`  ${progressText(board, elapsedMs)}`);
      [printedAt, printedTenths] = [performance.now(), tenths];
    }
    if (finished >= board.progress.total) {
      const { status, reason } = await rest.search(id);
      if (status === 'completed') return (await rest.leaderboard(id, null, 0))?.board ?? board;
      if (status !== 'running') throw new StepError('Search', `it ended as ${status} (${reason})`, `reading ${logs}`);
    }
    if (performance.now() - changedAt > STUCK_MS) {
      throw new StepError('Search', `nothing has happened for ${STUCK_MS / 1000} s`, `reading ${logs}/worker-1.log`);
    }
  }
}

/** The data folder may not be there yet, or any more; that is for others to report. */
function appendQuietly(file: string, line: string): void {
  try {
    appendFileSync(file, line);
  } catch {
    // see above
  }
}
