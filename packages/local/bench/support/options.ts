import { parseArgs } from 'node:util';

/** An option of a benchmark: how its value is read from the command line, and what it is when nobody gives it. */
export interface Option<Value> {
  readonly about: string;
  readonly otherwise: Value;
  /** What stands for its value in the usage; null for one that is given or not. */
  readonly shown: string | null;
  /** @throws RangeError that says what the value must be */
  readonly read: (text: string) => Value;
}

type Values<Options> = { readonly [Name in keyof Options]: Options[Name] extends Option<infer Value> ? Value : never };

export function number(about: string, otherwise: number, least = 1): Option<number> {
  const read = (text: string) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= least) return value;
    throw new RangeError(`must be a number from ${least}`);
  };
  return { about, otherwise, shown: String(otherwise), read };
}

/** Some of these, with commas between. */
export function among<Name extends string>(about: string, names: readonly Name[]): Option<ReadonlySet<Name>> {
  const read = (text: string) => {
    const wanted = new Set(text.split(','));
    const found = names.filter((name) => wanted.delete(name));
    if (wanted.size === 0) return new Set(found);
    throw new RangeError(`must be of ${names.join(',')}`);
  };
  return { about, otherwise: new Set(names), shown: names.join(','), read };
}

export function folder(about: string): Option<string | undefined> {
  return { about, otherwise: undefined, shown: 'DIR', read: (text) => text };
}

export function flag(about: string): Option<boolean> {
  return { about, otherwise: false, shown: null, read: () => true };
}

/** @throws Error that says what is wrong with the arguments, by the option's name */
export function parseOptions<const Options extends Readonly<Record<string, Option<unknown>>>>(
  args: readonly string[],
  options: Options,
): Values<Options> {
  const types = Object.entries(options).map(
    ([name, { shown }]) => [name, { type: shown === null ? ('boolean' as const) : ('string' as const) }] as const,
  );
  const { values } = parseArgs({ args: [...args], options: Object.fromEntries(types) });
  const read = ([name, option]: readonly [string, Option<unknown>]) => {
    const given = values[name];
    try {
      return [name, given === undefined ? option.otherwise : option.read(String(given))];
    } catch (error) {
      throw new Error(`--${name} ${(error as RangeError).message}, and is ${given}`);
    }
  };
  return Object.fromEntries(Object.entries(options).map(read)) as Values<Options>;
}

/** The options of this process; a wrong one ends it with 2 and says so, `--help` tells them all. */
export function readOptions<const Options extends Readonly<Record<string, Option<unknown>>>>(
  command: string,
  options: Options,
): Values<Options> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(usage(command, options));
    process.exit(0);
  }
  try {
    return parseOptions(args, options);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage(command, options)}`);
    process.exit(2);
  }
}

function usage(command: string, options: Readonly<Record<string, Option<unknown>>>): string {
  const lines = Object.entries(options).map(
    ([name, { shown, about }]) => [`--${name}${shown === null ? '' : ` ${shown}`}`, about] as const,
  );
  const width = Math.max(...lines.map(([option]) => option.length));
  return `${command} [OPTIONS]\n${lines.map(([option, about]) => `  ${option.padEnd(width)}  ${about}\n`).join('')}`;
}
