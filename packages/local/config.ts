import { delimiter } from 'node:path';

/** The folders of PATH. */
export function searchPath(environment: Readonly<NodeJS.ProcessEnv> = process.env): string[] {
  return (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** What a child inherits of our environment, less the variables that would bend a Postgres or Prisma of ours. */
export function childEnvironment(environment: Readonly<NodeJS.ProcessEnv> = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(PG[A-Z]|LC_|LANG)/.test(name)));
}
