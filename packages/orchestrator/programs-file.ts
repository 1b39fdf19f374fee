import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Program, programsFileSchema } from '@caviar/spec';

/** The programs that workers may run, by name. */
export type Programs = ReadonlyMap<string, Program>;

/**
 * Reads the file that registers programs (docs/own-training-code.md), with every `cwd` made absolute. No path: no programs.
 *
 * @throws Error that says in one line what is wrong with the file
 */
export function readPrograms(path: string | undefined): Programs {
  if (path === undefined) return new Map();
  const file = resolve(path);
  const parsed = programsFileSchema.safeParse(parse(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${file}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const programs = Object.entries(parsed.data.programs);
  return new Map(programs.map(([name, program]) => [name, { ...program, cwd: resolve(dirname(file), program.cwd) }]));
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
