import { CompressionType, compressionRegistry } from 'apache-arrow';
import { decompressZstd } from 'hyparquet-compressors';

/** Unpacks the buffers of a compressed Arrow file. What all of them may come to is set before a file is read, in one piece. */
let left = Number.POSITIVE_INFINITY;

/** Reads with at most so many unpacked bytes. Throws RangeError beyond it. */
export function withCodecs<Result>(unpackedBytes: number, read: () => Result): Result {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: unpackLz4Frame });
  compressionRegistry.set(CompressionType.ZSTD, { decode: unpackZstd });
  left = unpackedBytes;
  try {
    return read();
  } finally {
    left = Number.POSITIVE_INFINITY;
  }
}

function take(bytes: number): void {
  left -= bytes;
  if (left < 0) throw new RangeError('it unpacks to more than is allowed');
}

/** Zstandard (RFC 8878): the frame says how much it unpacks to, in up to 8 bytes after the window and the dictionary's id. */
function unpackZstd(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const descriptor = frame[4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  if (sizeFlag === 0 && !isSingle) throw new Error('a ZSTD frame does not say its size');
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const sizes = [
    () => view.getUint8(at),
    () => view.getUint16(at, true) + 256,
    () => view.getUint32(at, true),
    () => Number(view.getBigUint64(at, true)),
  ];
  const size = sizes[sizeFlag]!();
  take(size);
  return decompressZstd(frame, new Uint8Array(size));
}

/** LZ4 frames (lz4_Frame_format.md): blocks up to a mark, each packed or as it is, which may refer to those before. */
export function unpackLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== 0x184d2204) throw new Error('not an LZ4 frame');
  const flags = frame[4]!;
  const blockBytes = [0, 0, 0, 0, 64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024][(frame[5]! >> 4) & 7]!;
  let at = 7 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0);
  const hasBlockSums = (flags & 0x10) !== 0;
  const output = new Growing();
  for (;;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return output.bytes();
    const [isPlain, size] = [word >= 0x80000000, word & 0x7fffffff];
    if (at + size > frame.length) throw new Error('an LZ4 block is cut off');
    const block = frame.subarray(at, at + size);
    const before = output.length;
    if (isPlain) output.append(block);
    else unpackLz4Block(block, output);
    if (output.length - before > blockBytes) throw new Error('an LZ4 block is longer than its frame allows');
    at += size + (hasBlockSums ? 4 : 0);
  }
}

/** Sequences of literals and of copies of what is there already (lz4_Block_format.md). */
function unpackLz4Block(block: Uint8Array, output: Growing): void {
  let i = 0;
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble !== 15) return sum;
    for (;;) {
      const byte = block[i++];
      if (byte === undefined) throw new Error('an LZ4 block is cut off');
      sum += byte;
      if (byte !== 255) return sum;
    }
  };
  while (i < block.length) {
    const token = block[i++]!;
    const literals = length(token >> 4);
    if (i + literals > block.length) throw new Error('an LZ4 block is cut off');
    output.append(block.subarray(i, i + literals));
    i += literals;
    if (i === block.length) return;
    const offset = block[i]! | (block[i + 1]! << 8);
    i += 2;
    output.copy(offset, length(token & 15) + 4);
  }
}

/** Bytes that grow by doubling. */
class Growing {
  #bytes = new Uint8Array(64 * 1024);
  length = 0;

  append(more: Uint8Array): void {
    this.#reserve(more.length);
    this.#bytes.set(more, this.length);
    this.length += more.length;
  }

  copy(offset: number, count: number): void {
    if (!(offset > 0 && offset <= this.length)) throw new Error('an LZ4 block copies from before its beginning');
    this.#reserve(count);
    // byte by byte: what is copied may reach into what has just been written
    for (let i = 0; i < count; i++, this.length++) this.#bytes[this.length] = this.#bytes[this.length - offset]!;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #reserve(count: number): void {
    take(count);
    if (this.length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
