import { createClient } from '@caviar/client';
import { createScreen, harmless, type Style, styleFor } from '@caviar/terminal';
import type { Context, Io } from './command.js';
import { COMMANDS } from './commands/commands.js';
import { readSettings, type Settings } from './config.js';
import { UsageError } from './errors.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { helpOf, overview } from './help.js';
import { findCommand, parseCommand, wordsOf } from './parse.js';
import { errorLines } from './report-error.js';
import { nearest } from './suggest.js';
import { VERSION } from './version.js';

/** Does what a command line says; answers the exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const isTTY = io.stdout.isTTY === true;
  const isJson = argv.includes('--json');
  let style: Style = styleFor(false);
  let settings: Settings | null = null;
  try {
    // Before the command is known, an error should have its colours already.
    style = styleFor(readSettings(colorOf(argv), { env: io.env, isTTY }).hasColor);
    const write = (lines: readonly string[]) => void io.stdout.write(lines.map((line) => `${line}\n`).join(''));
    if (argv.includes('--version')) {
      write([VERSION]);
      return EXIT.ok;
    }
    const words = wordsOf(COMMANDS, argv);
    const isHelp = argv.includes('--help') || argv.includes('-h') || words[0] === 'help';
    const asked = words[0] === 'help' ? words.slice(1) : words;
    if (asked.length === 0) {
      write(overview(COMMANDS, style));
      return EXIT.ok;
    }
    const command = findCommand(COMMANDS, asked);
    if (command === undefined) {
      const group = COMMANDS.filter(({ path }) => path[0] === asked[0]);
      if (isHelp && group.length > 0) {
        write(
          group.flatMap((each, index) => [
            ...(index === 0 ? [] : ['']),
            ...helpOf(each, style, index === group.length - 1),
          ]),
        );
        return EXIT.ok;
      }
      throw unknownCommand(asked);
    }
    if (isHelp) {
      write(helpOf(command, style));
      return EXIT.ok;
    }
    const { args, flags } = parseCommand(command, argv);
    settings = readSettings(
      { url: flags.string('url'), key: flags.string('key'), ...colorOf(argv) },
      { env: io.env, isTTY },
    );
    return await command.run(contextOf({ io, settings, style, isJson, args, flags }));
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    io.stderr.write(`${errorLines(error, { style, isJson, settings }).map(printable).join('\n')}\n`);
    return exitCodeOf(error);
  }
}

function contextOf(parts: Pick<Context, 'io' | 'settings' | 'style' | 'isJson' | 'args' | 'flags'>): Context {
  const { io, settings, isJson } = parts;
  return {
    ...parts,
    // Somebody waits at a terminal: that nothing answers is said at once.
    client: createClient({ baseUrl: settings.url, apiKey: settings.apiKey, patienceMs: 0 }),
    screen: createScreen(io.stdout, settings.isDumb),
    answer(value, lines) {
      const text = isJson ? [JSON.stringify(value, null, 2)] : lines();
      io.stdout.write(text.map((line) => `${isJson ? line : printable(line)}\n`).join(''));
    },
  };
}

/** Names are other people's words: none of them moves the cursor. */
function printable(text: string): string {
  return text.split('\n').map(harmless).join('\n');
}

function colorOf(argv: readonly string[]): { color?: boolean } {
  if (argv.includes('--no-color')) return { color: false };
  return argv.includes('--color') ? { color: true } : {};
}

function unknownCommand(words: readonly string[]): Error {
  const [first = '', second] = words;
  const firsts = [...new Set(COMMANDS.map(({ path }) => path[0] ?? ''))];
  const seconds = COMMANDS.filter(({ path }) => path[0] === first).map(({ path }) => path[1] ?? '');
  if (seconds.length === 0) {
    const meant = nearest(first, firsts);
    if (meant === undefined) return new UsageError(`there is no command "${first}"`, 'caviar --help');
    const isWhole = COMMANDS.some(({ path }) => path[0] === meant && path[1] === second);
    return new UsageError(
      `there is no command "${first}"`,
      isWhole && second !== undefined ? `caviar ${meant} ${second}` : `caviar ${meant}`,
    );
  }
  if (second === undefined)
    return new UsageError(`caviar ${first} needs one of ${seconds.join(', ')}`, `caviar ${first} --help`);
  const meant = nearest(second, seconds);
  return new UsageError(
    `there is no command "${first} ${second}"; there are ${seconds.join(', ')}`,
    `caviar ${first} ${meant ?? '--help'}`,
  );
}
