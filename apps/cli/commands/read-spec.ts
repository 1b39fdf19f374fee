import { readFileSync } from 'node:fs';
import type { SearchSpecBody } from '@caviar/contracts';
import type { Context } from '../command.js';
import { InputError } from '../errors.js';

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
  if (file === '-') return { name: 'standard input', text: await io.readStdin() };
  try {
    return { name: file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(isMissing ? `there is no file ${file}` : (error as Error).message);
  }
}

/** The object in a JSON file, or in standard input. `needed` says what other JSON does not hold. @throws InputError */
export async function readObject(
  { io }: Pick<Context, 'io'>,
  file: string,
  needed: string,
): Promise<Record<string, unknown>> {
  const { name, text } = await readInput({ io }, file);
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name} is not JSON`, whereItStops(text, error as Error));
  }
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw new InputError(`${name} holds ${needed}`);
  }
  return spec as Record<string, unknown>;
}

/** The line at which the parser stopped, with a mark under the place. */
function whereItStops(text: string, { message }: Error): string[] {
  const [, at] = /at position (\d+)/.exec(message) ?? [];
  const position = at === undefined ? text.trimEnd().length : Number(at);
  const before = text.slice(0, position).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length;
  const shown = text.split('\n')[line - 1] ?? '';
  const reason = message.replace(/ in JSON at position.*$/s, '').replace(/, ".*$/s, '');
  const margin = `${line} | `;
  return [
    `line ${line}, column ${column + 1}: ${reason}`,
    `${margin}${shown}`,
    `${' '.repeat(margin.length + column)}^`,
  ];
}
