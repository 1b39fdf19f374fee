import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { unzip } from './unzip.js';

it.each([0, 1, 1000, 1 << 20])('unzips %i bytes', async (length) => {
  const content = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * i) % 251));
  expect(Buffer.compare(await unzip(gzipSync(content)), content)).toBe(0);
});

it('unzips what is far smaller zipped, and two files in one', async () => {
  const zeros = Buffer.alloc(3_000_000);
  expect(Buffer.compare(await unzip(gzipSync(zeros, { level: 9 })), zeros)).toBe(0);
  // The size at the end is that of the second alone.
  const both = Buffer.concat([gzipSync(zeros), gzipSync('end')]);
  expect((await unzip(both)).length).toBe(3_000_003);
});

it('gives back the memory of a file, and of nothing beside it', async () => {
  const zipped = gzipSync(Buffer.from('a data set'));
  const own = Buffer.from(Uint8Array.from(zipped).buffer);
  await unzip(own);
  // Node 20 leaves it to the garbage collector.
  if ('transfer' in ArrayBuffer.prototype) expect(own).toHaveLength(0);
  const shared = Buffer.concat([zipped, Buffer.from('a neighbour')]);
  await unzip(shared.subarray(0, zipped.length));
  expect(shared.subarray(zipped.length).toString()).toBe('a neighbour');
});

it('refuses what is damaged, cut off or no gzip file at all', async () => {
  const file = gzipSync(Buffer.from('a data set'));
  await expect(unzip(file.subarray(0, 20))).rejects.toThrow();
  const wrongSize = Buffer.from(file);
  wrongSize.writeUInt32LE(0xffff_ffff, file.length - 4);
  await expect(unzip(wrongSize)).rejects.toThrow();
  await expect(unzip(Buffer.from('not zipped, but long enough to be'))).rejects.toThrow();
  await expect(unzip(Buffer.alloc(0))).rejects.toThrow();
});
