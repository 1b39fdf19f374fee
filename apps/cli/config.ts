import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withoutMark } from './read-text.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** A setting makes no sense. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export interface Settings {
  readonly url: string;
  readonly apiKey: string | undefined;
  /** Where `url` comes from, for messages. */
  readonly urlFrom: string;
  readonly hasColor: boolean;
  readonly isDumb: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the service is and which key to send: options go before the environment (`CAVIAR_URL`, `CAVIAR_API_KEY`), and that before the
 * file (`CAVIAR_CONFIG`, or `caviar/config.json` where the system keeps configuration). @throws ConfigError
 */
export function readSettings(
  options: {
    readonly url?: string | undefined;
    readonly key?: string | undefined;
    readonly color?: boolean | undefined;
  },
  { env = process.env, isTTY }: { readonly env?: Environment; readonly isTTY: boolean },
): Settings {
  const file = readConfigFile(env);
  const [url, urlFrom] =
    options.url !== undefined
      ? [options.url, '--url']
      : set(env['CAVIAR_URL'])
        ? [env['CAVIAR_URL'], 'CAVIAR_URL']
        : file.url !== undefined
          ? [file.url, file.path]
          : [DEFAULT_URL, 'the default'];
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new ConfigError(`${urlFrom}: ${JSON.stringify(url)} is not an http or https URL, such as ${DEFAULT_URL}`);
  }
  const isDumb = env['TERM'] === 'dumb';
  const isWished = set(env['FORCE_COLOR']) || (isTTY && !isDumb);
  return {
    url: url.replace(/\/+$/, ''),
    urlFrom,
    apiKey: options.key ?? (set(env['CAVIAR_API_KEY']) ? env['CAVIAR_API_KEY'] : file.apiKey),
    hasColor: options.color ?? (!set(env['NO_COLOR']) && isWished),
    isDumb,
  };
}

/** Set, and not to nothing: an empty variable counts as none. */
function set(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** Where the configuration file is looked for. */
export function configPath(env: Environment = process.env): string {
  if (set(env['CAVIAR_CONFIG'])) return env['CAVIAR_CONFIG'];
  const base = env['XDG_CONFIG_HOME'] ?? env['APPDATA'] ?? join(homedir(), '.config');
  return join(base, 'caviar', 'config.json');
}

interface ConfigFile {
  readonly path: string;
  readonly url?: string;
  readonly apiKey?: string;
}

function readConfigFile(env: Environment): ConfigFile {
  const path = configPath(env);
  let text: string;
  try {
    text = withoutMark(readFileSync(path, 'utf8'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && !set(env['CAVIAR_CONFIG'])) return { path };
    throw new ConfigError(`${path}: ${isMissing ? 'there is no such file' : (error as Error).message}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${path}: is not JSON: ${(error as Error).message}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(`${path}: must be an object with "url", "apiKey" or both`);
  }
  for (const [name, value] of Object.entries(content)) {
    if (name !== 'url' && name !== 'apiKey')
      throw new ConfigError(`${path}: "${name}" is no setting; there are "url" and "apiKey"`);
    if (typeof value !== 'string') throw new ConfigError(`${path}: "${name}" must be a string`);
  }
  return { path, ...content };
}

/** The environment of this process. */
export function environment(): Record<string, string | undefined> {
  return process.env;
}
