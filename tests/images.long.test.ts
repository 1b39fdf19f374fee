import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@caviar/client';
import { temporaryFolder } from '@caviar/testing';
import { expect, test } from 'vitest';
// @ts-expect-error a script without types
import { pnpmCommand } from '../scripts/caviar/bootstrap.mjs';
import { startFleet } from './support/fleet.js';

// What the images hold, without Docker: the Dockerfile's own script puts it together, and it is run from there.

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = temporaryFolder('images');

/** This checkout as the Dockerfile's build has it: the sources, and what was compiled of them. */
function copyCheckout(): string {
  const copy = join(folder, 'checkout');
  const git = (args: string) => execFileSync('git', args.split(' '), { cwd: root, encoding: 'utf8' });
  const sources = git('ls-files -z --cached --others --exclude-standard').split('\0');
  const compiled = git('ls-files -z --others --ignored --exclude-standard --directory').split('\0');
  for (const path of [
    ...sources,
    ...compiled.filter((name) => /^(apps|packages)\/[^/]+\/(dist|generated)\/$/.test(name)),
  ]) {
    if (path === '') continue;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  return copy;
}

/** A PATH on which `pnpm` is the one that the checkout is installed with. */
function pathWithPnpm(): string {
  const command = pnpmCommand() as string[];
  if (command[0] === 'pnpm') return process.env['PATH'] ?? ''; // a script of that name would call itself for ever
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'pnpm'), `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`);
  chmodSync(join(bin, 'pnpm'), 0o755);
  return `${bin}:${process.env['PATH']}`;
}

test('an API and a worker run from what their images hold, and the dashboard with them', async () => {
  const checkout = copyCheckout();
  const env = { ...process.env, PATH: pathWithPnpm(), CI: 'true' };
  const assembled = (name: string) => {
    const out = join(folder, name);
    execFileSync('sh', ['scripts/containers/assemble.sh', out, `@caviar/${name}`], {
      cwd: checkout,
      env,
      stdio: 'pipe',
    });
    return out;
  };
  const scripts = {
    api: join(assembled('api'), 'apps/api/dist/server.js'),
    worker: join(assembled('worker'), 'apps/worker/dist/main.js'),
  };

  const fleet = await startFleet({ scripts });
  try {
    const [{ url }] = await Promise.all([fleet.addApi(), fleet.addWorker()]);
    const client = createClient({ baseUrl: url });
    const { id } = await client.createSearch({
      trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 1 } },
      space: { learningRate: { kind: 'float', min: 1e-4, max: 0.1, scale: 'log' } },
      stop: { maxTrials: 2 },
    });
    await expect.poll(async () => (await client.getSearch(id)).status).toBe('completed');
    const csv = new Blob(['length,kind\n1,rose\n2,tulip\n3,rose\n4,tulip\n']);
    expect(await client.createDataset({ name: 'flowers', format: 'csv' }, { file: csv })).toMatchObject({ rows: 4 });
    const page = await fetch(`${url}/searches`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<div id="root">');
  } finally {
    await fleet.stop();
  }
});
