import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Longer lines come from a program gone wrong, and would fill the memory. */
const MAX_LINE = 1_000_000;

/** Calls back for every line of a stream, the last one without its end too; `onTooLong` once when a line has no end. */
export function eachLine(stream: Readable, onLine: (line: string) => void, onTooLong: () => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isTooLong = false;
  const take = (text: string) => {
    if (isTooLong) return;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    isTooLong = rest.length > MAX_LINE;
    if (isTooLong) onTooLong();
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  stream.on('end', () => {
    if (rest + decoder.end() !== '' && !isTooLong) onLine(rest);
  });
  stream.on('error', () => {}); // it ends with the program
}
