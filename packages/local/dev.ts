import { spawn } from 'node:child_process';
import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { exitOf } from './child.js';
import { readConfig } from './config.js';
import { createLog, type Log } from './log.js';
import { repositoryRoot } from './repository.js';
import { aborted, explain, runStack } from './run-stack.js';
import type { Stack } from './stack.js';

const QUIET_MS = 300; // the compiler writes many files in one go

/**
 * `npm run dev`: the stack, a compiler that watches the sources, and a restart of the API and the workers whenever it has
 * written something. The databases stay up.
 *
 * @returns the exit code
 */
export async function dev(): Promise<number> {
  const write = (line: string) => void process.stderr.write(line);
  try {
    const config = readConfig();
    const log = createLog({ level: config.logLevel, isTerminal: process.stderr.isTTY, write });
    const code = await runStack({ config, log, output: 'stderr' }, async (stack, signal) => {
      const root = repositoryRoot();
      const compiler = watchSources(root);
      const pages = watchPages(root);
      const close = onCompiled(root, () => restartServices(stack, log));
      process.stdout.write(`caviar ready ${stack.url}\n`);
      await aborted(signal);
      close();
      compiler.kill();
      pages.kill();
      throw signal.reason;
    });
    return code > 128 ? 0 : code;
  } catch (error) {
    write(explain(error));
    return 1;
  }
}

function watchSources(root: string) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, '-b', '--watch', '--preserveWatchOutput', 'tsconfig.build.json'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  void exitOf(child, 'SIGTERM');
  return child;
}

/** The API sends the pages as they lie there: a reload of the browser shows what was built. */
function watchPages(root: string) {
  const vite = join(root, 'apps', 'web', 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--watch', '--logLevel', 'warn', join(root, 'apps', 'web')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  void exitOf(child, 'SIGTERM');
  return child;
}

/** Calls back once the compiled code has changed and come to rest. Returns the way to stop. */
function onCompiled(root: string, restart: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const folders = ['apps', 'packages'].flatMap((top) =>
    readdirSync(join(root, top)).map((name) => join(root, top, name, 'dist')),
  );
  const watchers = folders.filter(existsSync).map((folder) =>
    watch(folder, { recursive: true }, (_event, file) => {
      if (!/\.m?js$/.test(file ?? '')) return;
      clearTimeout(timer);
      timer = setTimeout(restart, QUIET_MS);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

function restartServices({ api, workers }: Stack, log: Log): void {
  log.info('the code has changed: restarting the API and the workers');
  for (const service of [...workers, api]) void service.restart();
}
