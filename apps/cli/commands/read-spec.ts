import { readFileSync } from 'node:fs';
import type { SearchSpecBody } from '@caviar/contracts';
import type { Context } from '../command.js';
import { InputError } from '../errors.js';
import { unreadable, withoutMark } from '../read-text.js';
import { whereJsonStops } from '../where-json-stops.js';

/** The spec in a file, or in standard input (`-`). What is in it is for the service to check. @throws InputError */
export async function readSpec(context: Context, file: string): Promise<SearchSpecBody> {
  const needed = 'no search spec: it must be an object with "trainer", "space" and "stop"';
  return (await readObject(context, file, needed)) as unknown as SearchSpecBody;
}

/** What stands in a file, or in standard input (`-`), and what to call that. @throws InputError */
export async function readInput(
  { io }: Pick<Context, 'io'>,
  file: string,
): Promise<{ readonly name: string; readonly text: string }> {
  if (file === '-') return { name: 'standard input', text: withoutMark(await io.readStdin()) };
  try {
    return { name: file, text: withoutMark(readFileSync(file, 'utf8')) };
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
}

/** The object in a JSON file, or in standard input. `needed` says what other JSON does not hold. @throws InputError */
export async function readObject(
  { io }: Pick<Context, 'io'>,
  file: string,
  needed: string,
): Promise<Record<string, unknown>> {
  const { name, text } = await readInput({ io }, file);
  if (text.trim() === '') throw new InputError(`${name} is empty`);
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name} is not JSON`, whereJsonStops(text, error as Error));
  }
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw new InputError(`${name} holds ${needed}`);
  }
  return spec as Record<string, unknown>;
}
