import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @param {...string} parts below the root */
export const at = (...parts) => join(root, ...parts);

/** @param {string | Buffer} content */
export const hashOf = (content) => createHash('sha256').update(content).digest('hex');

/** Paths of all files below apps and packages, as git writes them. */
export const packageFiles = () =>
  ['apps', 'packages'].flatMap((top) =>
    readdirSync(at(top), { recursive: true }).map((path) => `${top}/${String(path).replaceAll('\\', '/')}`),
  );
