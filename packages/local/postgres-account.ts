// Postgres refuses to run as root, and containers and CI machines are often root. Three ways, in this order:
//   1. not root: nothing to do;
//   2. root that may create a user namespace: inside it the process is uid 1000, outside the files stay root's, so it
//      works below a 0700 home and leaves no foreign owner behind;
//   3. other root (a container with the default seccomp profile): become `nobody`, whose data must lie where nobody can
//      reach it, and so may have to leave the data folder of Caviar.
import { type SpawnOptions, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverEnvironment } from './config.js';
import type { PostgresBinaries } from './postgres-binaries.js';

/** Where Postgres's programs and data lie, and how to start them as someone it accepts. */
export interface PostgresAccount {
  readonly way: 'self' | 'namespace' | 'nobody';
  readonly home: string;
  readonly dataDirectory: string;
  /** Turns a program of Postgres and its arguments into what to spawn. */
  command(program: string, args: readonly string[]): readonly [file: string, args: string[], options: SpawnOptions];
  /** Gives a file or an empty folder to the account. */
  own(path: string): void;
}

const UNSHARE = ['unshare', '-U', '--map-user=1000', '--map-group=1000'] as const;
const FOREIGN_ROOT = '/var/lib/caviar'; // writable by root alone, readable by all

export interface AccountOptions {
  readonly binaries: PostgresBinaries;
  readonly dataDirectory: string;
  /** For tests: which way to take instead of the first that works. */
  readonly way?: PostgresAccount['way'];
}

/** Chooses the way and prepares its folders. */
export function postgresAccount({ binaries, dataDirectory, way = bestWay() }: AccountOptions): PostgresAccount {
  // LC_ALL: on macOS a server without a locale turns multi-threaded and stops. cwd: the start folder may be unreadable.
  const options: SpawnOptions = { cwd: '/', env: { ...serverEnvironment(), LC_ALL: 'C' } };
  if (way !== 'nobody') {
    const prefix = way === 'namespace' ? UNSHARE : [];
    return {
      way,
      home: binaries.home,
      dataDirectory,
      command(program, args) {
        const [file, ...rest] = [...prefix, program, ...args];
        return [file ?? program, rest, options];
      },
      own: () => undefined,
    };
  }
  const { uid, gid } = nobody();
  const reachable = (path: string) => spawnSync('test', ['-x', path], { cwd: '/', uid, gid }).status === 0;
  return {
    way,
    home: reachable(join(binaries.home, 'bin', 'postgres')) ? binaries.home : copyOf(binaries),
    dataDirectory: reachable(join(dataDirectory, '..')) ? dataDirectory : foreignData(dataDirectory),
    command: (program, args) => [program, [...args], { ...options, uid, gid }],
    own: (path) => chownSync(path, uid, gid),
  };
}

function bestWay(): PostgresAccount['way'] {
  if (process.getuid?.() !== 0) return 'self';
  const [file, ...args] = UNSHARE;
  return spawnSync(file, [...args, 'true']).status === 0 ? 'namespace' : 'nobody';
}

function nobody(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid = '65534', gid = '65534'] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

function copyOf({ home, version }: PostgresBinaries): string {
  const copy = join(foreignFolder(), `postgres-${version}`);
  const complete = join(copy, 'complete');
  if (!existsSync(complete)) {
    cpSync(home, copy, { recursive: true, verbatimSymlinks: true });
    mkdirSync(complete);
  }
  return copy;
}

function foreignData(dataDirectory: string): string {
  const name = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  return join(foreignFolder(), `data-${name}`);
}

function foreignFolder(): string {
  mkdirSync(FOREIGN_ROOT, { recursive: true });
  chmodSync(FOREIGN_ROOT, 0o755);
  return FOREIGN_ROOT;
}
