import { parquetWriteBuffer } from 'hyparquet-writer';

/** A Parquet file with one byte damaged, the number of values in a page, at which its reader goes round for ever. */
export function endlessParquet(): Uint8Array {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'a', data: [1, 2, 3, 4.5], type: 'DOUBLE' },
        { name: 'y', data: ['x', 'z', 'x', 'z'], type: 'STRING' },
      ],
    }),
  );
  bytes[20] = ~bytes[20]! & 255;
  return bytes;
}
