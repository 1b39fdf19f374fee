export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The supervisor's own log: a message and its fields. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Short lines for people instead of JSON. */
  readonly isTerminal: boolean;
  readonly write: (line: string) => void;
}

/** Lines like pino's, so that they mix with those of the API and the workers, without depending on it. */
export function createLog({ level, isTerminal, write }: LogOptions): Log {
  const least = LOG_LEVELS.indexOf(level);
  const at = (name: LogLevel) => {
    const index = LOG_LEVELS.indexOf(name);
    return (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      if (index < least) return;
      if (isTerminal) write(`${new Date().toTimeString().slice(0, 8)} ${name.padEnd(5)} ${message}\n`);
      // pino's numbers: trace 10, debug 20, info 30 ...
      else
        write(
          `${JSON.stringify({ level: (index + 1) * 10, time: Date.now(), name: 'local', ...fields, msg: message })}\n`,
        );
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
