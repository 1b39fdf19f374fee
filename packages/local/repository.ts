import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository: the nearest folder above this file that holds Prisma's configuration. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'prisma.config.ts'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('prisma.config.ts was not found above @caviar/local.');
    folder = parent;
  }
  return folder;
}
