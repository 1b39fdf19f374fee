import { parseArgs } from 'node:util';
import { type Command, Flags, type OptionSpec } from './command.js';
import { UsageError } from './errors.js';
import { nearest } from './suggest.js';

/** Options that every command has. */
export const GLOBAL_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  url: { kind: 'string', value: 'URL', help: 'where the service is (CAVIAR_URL)' },
  key: { kind: 'string', value: 'KEY', help: 'the API key (CAVIAR_API_KEY)' },
  json: { kind: 'boolean', help: 'print what the API answers, as JSON' },
  color: { kind: 'boolean', help: 'colours, or none with --no-color (NO_COLOR)' },
  help: { kind: 'boolean', short: 'h', help: 'show this' },
};

export interface Parsed {
  readonly command: Command;
  readonly args: Readonly<Record<string, string>>;
  readonly flags: Flags;
}

/** The command that a command line begins with; undefined when it is none. */
export function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  return commands.find(({ path }) => path.every((word, index) => words[index] === word));
}

/** Words of a command line that are no options: `--url x search list` is `search list`. */
export function wordsOf(commands: readonly Command[], argv: readonly string[]): string[] {
  const takesValue = new Set<string>();
  for (const options of [GLOBAL_OPTIONS, ...commands.map((command) => command.options ?? {})]) {
    for (const [name, { kind, short }] of Object.entries(options)) {
      if (kind === 'boolean') continue;
      takesValue.add(`--${name}`);
      if (short !== undefined) takesValue.add(`-${short}`);
    }
  }
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') return [...words, ...argv.slice(i + 1)];
    if (word.length > 1 && word.startsWith('-')) {
      if (takesValue.has(word)) i++;
    } else words.push(word);
  }
  return words;
}

/** Reads the options and arguments of a command. @throws UsageError */
export function parseCommand(command: Command, argv: readonly string[]): Parsed {
  const specs = { ...GLOBAL_OPTIONS, ...command.options };
  const help = `caviar ${command.path.join(' ')} --help`;
  const fail = (message: string): never => {
    throw new UsageError(message, help);
  };
  const { values, positionals } = read(specs, argv, fail);

  const flags: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const spec = specs[name];
    if (spec !== undefined && value !== undefined) flags[name] = optionValue(name, spec, { value, fail });
  }
  const given = positionals.slice(command.path.length);
  const wanted = command.args ?? [];
  if (given.length > wanted.length) fail(`"${given[wanted.length]}" is one argument too many`);
  const args: Record<string, string> = {};
  for (const [index, { name, isOptional, choices }] of wanted.entries()) {
    const value = given[index];
    if (value === undefined && isOptional) continue;
    if (value === undefined) return fail(`${name} is missing`);
    if (choices !== undefined && !choices.includes(value))
      fail(`${name} must be one of ${choices.join(', ')}, not "${value}"`);
    args[name] = value;
  }
  return { command, args, flags: new Flags(flags) };
}

function read(specs: Readonly<Record<string, OptionSpec>>, argv: readonly string[], fail: (message: string) => never) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      allowNegative: true,
      options: Object.fromEntries(
        Object.entries(specs).map(([name, { kind, short }]) => [
          name,
          {
            type: kind === 'boolean' ? ('boolean' as const) : ('string' as const),
            multiple: kind === 'list',
            ...(short !== undefined && { short }),
          },
        ]),
      ),
    });
  } catch (error) {
    // Node's own words, up to its advice on how to escape things.
    const words = (error as Error).message
      .split('\n')[0]!
      .replace(/\. To specify .*$/, '')
      .replace(/\.$/, '');
    const typed = /^Unknown option '--([^']+)'/.exec(words)?.[1];
    const meant = typed === undefined ? undefined : nearest(typed, Object.keys(specs));
    return fail(meant === undefined ? words : `${words}: did you mean --${meant}?`);
  }
}

function optionValue(
  name: string,
  { kind, choices, min = Number.NEGATIVE_INFINITY }: OptionSpec,
  { value, fail }: { readonly value: unknown; readonly fail: (message: string) => never },
): unknown {
  if (choices !== undefined && !choices.includes(String(value))) {
    return fail(`--${name} must be one of ${choices.join(', ')}, not "${value}"`);
  }
  if (kind !== 'number') return value;
  const number = value === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) return fail(`--${name} must be a number, not "${value}"`);
  return number >= min ? number : fail(`--${name} must be at least ${min}, not ${value}`);
}
