import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** No content is larger in proportion to what it was deflated to. */
const MOST_DEFLATED = 1032;
const LARGEST = 2 ** 30;

/**
 * Unzips a file into one piece: without its size zlib gathers many and then joins them, which takes twice the memory. The
 * file itself is no more after it.
 */
export async function unzip(file: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(file, { chunkSize: sizeOf(file) });
  } finally {
    letGo(file);
  }
}

/** Gives memory back now: a garbage collection may be far off where only few and small objects are made. */
function letGo({ buffer, byteLength }: Buffer): void {
  // A small file may share its memory with others. Node 20 cannot do it.
  if (buffer.byteLength === byteLength && 'transfer' in buffer) (buffer as Transferable).transfer(0);
}

interface Transferable {
  transfer(byteLength: number): unknown;
}

/** Where a gzip file ends it says how large its content is, modulo 2^32 (RFC 1952); what is damaged may say anything. */
function sizeOf(file: Uint8Array): number {
  const told = file.length < 18 ? 0 : new DataView(file.buffer, file.byteOffset + file.length - 4).getUint32(0, true);
  // A little more, so that the end is seen without a second piece.
  return 64 + Math.min(told, MOST_DEFLATED * file.length, LARGEST);
}
