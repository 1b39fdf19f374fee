import { readConfig } from './config.js';
import { createLog } from './log.js';
import { aborted, explain, runStack } from './run-stack.js';

/**
 * `npm start`: all of Caviar, kept up until a signal comes. Our stdout carries one line, once everything answers; the
 * logs are on stderr.
 *
 * @returns the exit code: 0 after a graceful stop
 */
export async function start(): Promise<number> {
  const write = (line: string) => void process.stderr.write(line);
  try {
    const config = readConfig();
    const log = createLog({ level: config.logLevel, isTerminal: process.stderr.isTTY, write });
    const code = await runStack({ config, log, output: 'stderr' }, async ({ url }, signal) => {
      process.stdout.write(`caviar ready ${url}\n`);
      log.info(`the dashboard is at ${url}: open it in a browser`);
      await aborted(signal);
      throw signal.reason;
    });
    return code > 128 ? 0 : code; // a signal is how a service is meant to end
  } catch (error) {
    write(explain(error));
    return 1;
  }
}
