import type { Client } from '@caviar/client';
import type { Screen, Style } from '@caviar/terminal';
import type { Settings } from './config.js';

/** What a process has around it; tests have their own. */
export interface Io {
  readonly stdout: {
    readonly isTTY?: boolean | undefined;
    readonly columns?: number | undefined;
    readonly rows?: number | undefined;
    write(text: string): unknown;
  };
  readonly stderr: { write(text: string): unknown };
  /** All of standard input. */
  readStdin(): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Runs the service in the foreground, as `npm start` does; answers its exit code. */
  startService(env: Readonly<Record<string, string>>): Promise<number>;
}

/** What a command works with. */
export interface Context {
  readonly io: Io;
  readonly client: Client;
  readonly settings: Settings;
  readonly style: Style;
  readonly screen: Screen;
  readonly isJson: boolean;
  /** Positional arguments by name. */
  readonly args: Readonly<Record<string, string>>;
  readonly flags: Flags;
  /** Writes lines to stdout, or with `--json` the value. */
  answer(value: unknown, lines: () => readonly string[]): void;
}

export interface OptionSpec {
  readonly kind: 'string' | 'boolean' | 'number' | 'list';
  readonly help: string;
  /** How the value is called in help: `N`, `FILE`. */
  readonly value?: string;
  readonly short?: string;
  /** Words that it takes. */
  readonly choices?: readonly string[];
  /** The least number that it takes. */
  readonly min?: number;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly help: string;
  readonly isOptional?: boolean;
  readonly choices?: readonly string[];
}

export interface Command {
  /** `['search', 'list']` */
  readonly path: readonly string[];
  readonly summary: string;
  readonly args?: readonly ArgumentSpec[];
  readonly options?: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** Answers the exit code. */
  run(context: Context): Promise<number>;
}

/** Options of a command line, by name, each of the kind that its spec says. */
export class Flags {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  string(name: string): string | undefined {
    return this.values[name] as string | undefined;
  }

  number(name: string): number | undefined {
    return this.values[name] as number | undefined;
  }

  given(name: string): boolean {
    return this.values[name] !== undefined;
  }

  boolean(name: string): boolean {
    return this.values[name] === true;
  }

  list(name: string): readonly string[] {
    return (this.values[name] as readonly string[] | undefined) ?? [];
  }
}
