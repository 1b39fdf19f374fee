import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { IngestError } from './ingest-error.js';
import type { IngestLimits, UploadedFile } from './upload.js';

/**
 * The bytes of a file in pieces, unpacked where it is gzipped, until `take` has had them all. Throws IngestError for a file that
 * is cut off or damaged, and for one that unpacks to more than is allowed: so much and no more is ever unpacked.
 */
export async function eachChunk(
  { field, path }: UploadedFile,
  { unpackedBytes }: Pick<IngestLimits, 'unpackedBytes'>,
  take: (chunk: Buffer) => void,
): Promise<void> {
  let total = 0;
  // A stream that is given up says that it was, and not why.
  let reason: unknown;
  const sink = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      try {
        total += chunk.length;
        if (total > unpackedBytes) throw new IngestError([field], `unpacks to more than ${unpackedBytes} bytes`, true);
        take(chunk);
      } catch (error) {
        reason = error;
        throw error;
      }
    }
  };
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  try {
    if (await isGzipped(path)) await pipeline(source, createGunzip(), sink);
    else await pipeline(source, sink);
  } catch (error) {
    throw reason ?? gzipError(field, error) ?? error;
  }
}

/** All of a file's bytes, unpacked. */
export async function readWhole(file: UploadedFile, limits: Pick<IngestLimits, 'unpackedBytes'>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await eachChunk(file, limits, (chunk) => chunks.push(chunk));
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

async function isGzipped(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function gzipError(field: string, error: unknown): IngestError | null {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (code === 'Z_BUF_ERROR') return new IngestError([field], 'ends in the middle of its gzip data: it is cut off');
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return new IngestError([field], `is not whole gzip data (${(error as Error).message})`);
  }
  return null;
}
