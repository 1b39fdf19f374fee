import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { LOG_LEVELS, type LogLevel } from './log.js';

/** The settings of `npm start`, checked. README.md lists the variables. */
export interface LocalConfig {
  readonly host: string;
  /** 0: the system picks one. */
  readonly port: number;
  /** Absolute. */
  readonly home: string;
  /** Undefined: the embedded server. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly workers: number;
  /** Path of the Node that workers run on. */
  readonly workerNode: string;
  readonly logLevel: LogLevel;
  readonly hasApiKeys: boolean;
}

/** Everything that is wrong with the environment, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

export interface ConfigDefaults {
  readonly port?: number;
}

const MOST_WORKERS = 1024;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * Reads the settings. An empty variable counts as one that is not set.
 *
 * @throws ConfigError that names every bad variable
 */
export function readConfig(
  { port: defaultPort = 3000 }: ConfigDefaults = {},
  environment: Readonly<NodeJS.ProcessEnv> = process.env,
): LocalConfig {
  const problems: string[] = [];
  const text = (name: string) => (environment[name]?.trim() === '' ? undefined : environment[name]?.trim());
  const integer = (name: string, byDefault: number, most: number) => {
    const given = text(name);
    if (given === undefined) return byDefault;
    if (/^\d+$/.test(given) && Number(given) <= most) return Number(given);
    problems.push(`${name} must be a whole number from 0 to ${most}, but is "${given}".`);
    return byDefault;
  };
  const url = (name: string, protocols: readonly string[]) => {
    const given = text(name);
    if (given === undefined || protocols.includes(protocolOf(given))) return given;
    problems.push(`${name} must be a URL that begins with ${protocols.map((word) => `${word}//`).join(' or ')}.`);
    return undefined;
  };

  const host = text('HOST') ?? '127.0.0.1';
  const hasApiKeys = text('CAVIAR_API_KEYS') !== undefined;
  if (!hasApiKeys && !LOOPBACK.test(host)) {
    problems.push(`HOST is "${host}", which others can reach: set CAVIAR_API_KEYS, or let HOST be 127.0.0.1.`);
  }
  const logLevel = text('LOG_LEVEL') ?? 'info';
  if (!isLogLevel(logLevel)) problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, but is "${logLevel}".`);
  const node = text('CAVIAR_NODE') ?? 'host';
  if (node !== 'host' && !isFile(node))
    problems.push(`CAVIAR_NODE must be "host" or the path of a Node, but is "${node}".`);
  const config: LocalConfig = {
    host,
    port: integer('PORT', defaultPort, 65_535),
    home: resolve(text('CAVIAR_HOME') ?? '.caviar'),
    databaseUrl: url('DATABASE_URL', ['postgresql:', 'postgres:']),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    workers: integer('CAVIAR_WORKERS', availableParallelism(), MOST_WORKERS),
    workerNode: node === 'host' ? process.execPath : resolve(node),
    logLevel: isLogLevel(logLevel) ? logLevel : 'info',
    hasApiKeys,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** The environment of the API and the workers: ours, with what the supervisor decided on top. */
export function serviceEnvironment(
  decided: Readonly<Record<string, string>>,
  environment: Readonly<NodeJS.ProcessEnv> = process.env,
): NodeJS.ProcessEnv {
  return { ...environment, ...decided, CAVIAR_SUPERVISED: '1' };
}

/** The environment of the embedded servers: without the variables that would bend a Postgres of ours. */
export function serverEnvironment(environment: Readonly<NodeJS.ProcessEnv> = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(PG[A-Z]|LC_|LANG)/.test(name)));
}

/** The folders of PATH. */
export function searchPath(environment: Readonly<NodeJS.ProcessEnv> = process.env): string[] {
  return (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** Whether the reader wants colour: on a terminal, unless NO_COLOR (https://no-color.org) or a dumb one says otherwise. */
export function wantsColor(isTerminal: boolean, environment: Readonly<NodeJS.ProcessEnv> = process.env): boolean {
  return isTerminal && (environment['NO_COLOR'] ?? '') === '' && !isDumbTerminal(environment);
}

/** A terminal that cannot move its cursor. */
export function isDumbTerminal(environment: Readonly<NodeJS.ProcessEnv> = process.env): boolean {
  return environment['TERM'] === 'dumb';
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

function isLogLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text);
}
