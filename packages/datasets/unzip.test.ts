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

it('refuses what is damaged, cut off or no gzip file at all', async () => {
  const file = gzipSync(Buffer.from('a data set'));
  await expect(unzip(file.subarray(0, 20))).rejects.toThrow();
  const wrongSize = Buffer.from(file);
  wrongSize.writeUInt32LE(0xffff_ffff, file.length - 4);
  await expect(unzip(wrongSize)).rejects.toThrow();
  await expect(unzip(Buffer.from('not zipped, but long enough to be'))).rejects.toThrow();
  await expect(unzip(new Uint8Array(0))).rejects.toThrow();
});
