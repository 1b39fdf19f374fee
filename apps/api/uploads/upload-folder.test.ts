import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownTemporaryFolder } from '../testing/own-temporary-folder.js';
import { makeUploadFolder, removeAbandonedUploads } from './upload-folder.js';

const temporary = await ownTemporaryFolder();

test('what a killed API left of an upload is removed after a day, and nothing else', async () => {
  const abandoned = await makeUploadFolder();
  await writeFile(join(abandoned, '0-file'), 'a,y\n');
  const atWork = await makeUploadFolder();
  const others = join(temporary, 'somebody-else');
  await mkdir(others);
  const ago = (hours: number) => Date.now() / 1_000 - hours * 3_600;
  await utimes(abandoned, ago(25), ago(25));
  await utimes(atWork, ago(23), ago(23));
  await utimes(others, ago(25), ago(25));

  await removeAbandonedUploads();

  expect((await readdir(temporary)).map((name) => join(temporary, name)).sort()).toEqual([atWork, others].sort());
});

test('a temporary folder that is not there is nothing to tidy, and is made for the first upload', async () => {
  await rm(temporary, { recursive: true });
  await removeAbandonedUploads();
  expect(await makeUploadFolder()).toMatch(new RegExp(`^${temporary}/caviar-upload-`));
});
