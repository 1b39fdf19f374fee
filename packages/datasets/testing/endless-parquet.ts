import { readFileSync } from 'node:fs';

/**
 * A Parquet file of two columns, written by hyparquet-writer 0.17.0, with one byte damaged (20, the number of values in a page), at which
 * its reader goes round for ever.
 */
export function endlessParquet(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL('./endless.parquet', import.meta.url)));
}
