import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

interface NodePackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly program: string;
}
const { fetchNode } = (await import(new URL('caviar/node-package.mjs', import.meta.url).href)) as {
  fetchNode(wanted: NodePackage, folder: string, env: NodeJS.ProcessEnv): Promise<void>;
};

// npm itself against a registry made for the test, whose Node is a shell script that knows its version.

const folder = mkdtempSync(join(tmpdir(), 'caviar-node-package-test-'));
const target = join(folder, 'place', 'node');
let server: Server;
let registry = '';
let tarball: Buffer = Buffer.alloc(0);

const integrityOf = (content: Buffer) => `sha512-${createHash('sha512').update(content).digest('base64')}`;
const wanted = { name: 'node-test', version: '24.1.0', program: 'bin/node' };
const environment = () => ({
  ...process.env,
  npm_config_registry: registry,
  npm_config_cache: mkdtempSync(join(folder, 'cache-')),
});

function pack(says: string): Buffer {
  const content = mkdtempSync(join(folder, 'content-'));
  const files = {
    'package.json': JSON.stringify({ ...wanted, scripts: { preinstall: `touch ${folder}/script-ran` } }),
    'bin/node': `#!/bin/sh\necho ${says}\n`,
    'include/header.h': 'not needed',
    LICENSE: 'MIT',
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(content, 'package', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  chmodSync(join(content, 'package/bin/node'), 0o755);
  return execFileSync('tar', ['-czf', '-', '-C', content, 'package']);
}

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/node-test') {
      const dist = { tarball: `${registry}/node-test.tgz`, integrity: integrityOf(tarball) };
      const versions = { [wanted.version]: { name: wanted.name, version: wanted.version, dist } };
      response.end(JSON.stringify({ name: wanted.name, 'dist-tags': { latest: wanted.version }, versions }));
    } else if (request.url === '/node-test.tgz') response.end(tarball);
    else response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  rmSync(target, { recursive: true, force: true });
  tarball = pack('v24.1.0');
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('fetchNode', () => {
  const leavesNothing = () => {
    const place = dirname(target);
    return !existsSync(place) || readdirSync(place).length === 0;
  };

  test('brings the program and its licence, runs no script, and leaves no rest', async () => {
    await fetchNode({ ...wanted, integrity: integrityOf(tarball) }, target, environment());
    expect(execFileSync(join(target, 'bin/node'), { encoding: 'utf8' })).toBe('v24.1.0\n');
    expect(readFileSync(join(target, 'LICENSE'), 'utf8')).toBe('MIT');
    expect(readdirSync(target).sort()).toEqual(['LICENSE', 'bin']);
    expect(readdirSync(dirname(target))).toEqual(['node']);
    expect(existsSync(join(folder, 'script-ran'))).toBe(false);
  });

  test('refuses what is not the expected file, though the registry vouches for it', async () => {
    const expected = integrityOf(tarball);
    tarball = pack('v24.1.0; evil');
    await expect(fetchNode({ ...wanted, integrity: expected }, target, environment())).rejects.toThrow(
      /^the hash of node-test@24\.1\.0 is sha512-/,
    );
    expect(leavesNothing()).toBe(true);
  });

  test('refuses a program that does not run here, or is another', async () => {
    tarball = pack('v18.0.0');
    const pin = { ...wanted, integrity: integrityOf(tarball) };
    await expect(fetchNode(pin, target, environment())).rejects.toThrow('it says that it is v18.0.0');
    expect(leavesNothing()).toBe(true);
  });

  test('tells in one line that there is no such package, or no registry', async () => {
    const pin = { ...wanted, integrity: integrityOf(tarball) };
    await expect(fetchNode({ ...pin, name: 'node-absent' }, target, environment())).rejects.toThrow(
      /^npm ended with 1: npm error 404 .*[^\n]$/,
    );
    const away = { ...environment(), npm_config_registry: 'http://127.0.0.1:9' };
    await expect(fetchNode(pin, target, away)).rejects.toThrow(/^npm ended with 1: npm error .*ECONNREFUSED.*[^\n]$/);
    expect(leavesNothing()).toBe(true);
  });
});
