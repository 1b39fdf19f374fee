import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/**
 * The bytes of Prisma's planner. They come as a module that exports them in base64. An import would keep them for as long as the process
 * lives, twice, as the text of the module and as what it exports: 4.4 MB. So the file is read, and forgotten.
 *
 * @param specifier of that module
 */
export async function readPlanner(specifier: string): Promise<Uint8Array> {
  const file = await readFile(createRequire(import.meta.url).resolve(specifier));
  const [start, end] = [file.indexOf('"') + 1, file.lastIndexOf('"')];
  return Buffer.from(file.toString('latin1', start, end), 'base64');
}
