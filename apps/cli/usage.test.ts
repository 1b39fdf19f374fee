import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readSettings } from './config.js';
import { runCaptured } from './testing/run-captured.js';

const folder = mkdtempSync(join(tmpdir(), 'caviar-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const AWAY = 'http://127.0.0.1:1';

describe('a command line that makes no sense', () => {
  test.each([
    ['serch list', 'there is no command "serch"', 'caviar search list'],
    ['serch', 'there is no command "serch"', 'caviar search'],
    ['search lst', 'there is no command "search lst"; there are create', 'caviar search list'],
    ['search xyzzy', 'there is no command "search xyzzy"', 'caviar search --help'],
    ['search', 'caviar search needs one of create', 'caviar search --help'],
    ['search show', 'SEARCH is missing', 'caviar search show --help'],
    ['search show a b', '"b" is one argument too many', 'caviar search show --help'],
    ['search list --frob', "Unknown option '--frob'\n", 'caviar search list --help'],
    ['search list --statsu x', "Unknown option '--statsu': did you mean --status?", 'caviar search list --help'],
    ['search list --status odd', '--status must be one of running, paused', 'caviar search list --help'],
    ['search list --limit x', '--limit must be a number, not "x"', 'caviar search list --help'],
    ['search list --limit 0', '--limit must be at least 1, not 0', 'caviar search list --help'],
    ['completion tcsh', 'SHELL must be one of bash, zsh, fish, not "tcsh"', 'caviar completion --help'],
    ['gradcheck digits -p x', '--param takes NAME=VALUE, not "x"', 'caviar gradcheck --help'],
    ['up --port=-3', '--port must be a whole number from 0', 'caviar up --help'],
  ])('%s', async (line, message, next) => {
    const { code, stdout, stderr } = await runCaptured(line.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).toContain(`try: ${next}`);
  });
});

describe('a file that is no spec', () => {
  test('shows the place where the JSON breaks', async () => {
    const path = file('broken.json', '{\n  "trainer": { "kind": "mlp" },\n  "space": { "x": 1,, }\n}\n');
    const { code, stderr } = await runCaptured(['search', 'create', path]);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${path} is not JSON\n`);
    expect(stderr).toContain('line 3, column 21: ');
    expect(stderr).toContain('  3 |   "space": { "x": 1,, }\n                          ^\n');
  });

  test('is cut off, is not there, or is something else', async () => {
    const cut = await runCaptured(['search', 'create', '-'], { stdin: '{ "trainer":\n' });
    expect(cut.stderr).toContain('error: standard input is not JSON\n  line 1, column 13: ');
    const missing = await runCaptured(['search', 'create', join(folder, 'no.json')]);
    expect(missing).toMatchObject({ code: 2, stderr: `error: there is no file ${join(folder, 'no.json')}\n` });
    const list = await runCaptured(['search', 'create', '-'], { stdin: '[1]' });
    expect(list.stderr).toContain('must be an object with "trainer", "space" and "stop"');
    const nothing = await runCaptured(['search', 'create', '-'], { stdin: '\n' });
    expect(nothing).toMatchObject({ code: 2, stderr: 'error: standard input is empty\n' });
    const directory = await runCaptured(['search', 'create', folder]);
    expect(directory).toMatchObject({ code: 2, stderr: `error: ${folder} is a folder, not a file\n` });
  });

  test.each([
    ['// mine\n{ "a": 1 }', 'line 1, column 1: JSON has no comments'],
    ['{\r\n  "a": 1, // one\r\n  "b": 2\r\n}', 'line 2, column 11: JSON has no comments'],
    [`{ "a": "${'x'.repeat(500)}",\n  "b": 'c' }`, 'line 2, column 8: Unexpected token'],
    ['{ "a": NaN }', 'line 1, column 8: Unexpected token'],
    ['{ "a": 1 }}', 'line 1, column 11: Unexpected'],
    ['{ "a": tru', 'line 1, column 11: Unexpected'],
  ])('%j shows where it breaks', async (stdin, where) => {
    const { code, stderr } = await runCaptured(['search', 'create', '-'], { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain(`\n  ${where}`);
  });

  test('may begin with the mark that Windows puts there', async () => {
    const spec = '\ufeff{ "trainer": { "kind": "quadratic" } }';
    const { code } = await runCaptured(['search', 'create', '-', '--url', AWAY], { stdin: spec });
    expect(code).toBe(3); // it was read, and would have been sent
    const config = file('marked.json', `\ufeff{ "url": "${AWAY}" }`);
    expect((await runCaptured(['search', 'list'], { env: { CAVIAR_CONFIG: config } })).code).toBe(3);
  });
});

describe('a service that is away', () => {
  test('is told with where its URL comes from, and how to start one', async () => {
    const { code, stderr } = await runCaptured(['search', 'list'], { env: { CAVIAR_URL: AWAY } });
    expect(code).toBe(3);
    expect(stderr).toBe(
      `error: ${AWAY} does not answer (CAVIAR_URL)\ntry: caviar up\nor:  caviar --url URL ..., if the service is elsewhere\n`,
    );
  });

  test('is told as JSON too', async () => {
    const { code, stderr } = await runCaptured(['search', 'list', '--json', '--url', AWAY]);
    expect(code).toBe(3);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'unreachable', message: `${AWAY} does not answer`, url: AWAY },
    });
  });
});

describe('settings', () => {
  const read = (env: Record<string, string>, options = {}) => readSettings(options, { env, isTTY: true });
  const config = file('config.json', '{ "url": "http://file:1", "apiKey": "from-file" }');

  test('come from options, then the environment, then the file, then defaults', () => {
    const env = { CAVIAR_CONFIG: config };
    expect(read(env)).toMatchObject({ url: 'http://file:1', apiKey: 'from-file', urlFrom: config });
    const both = { ...env, CAVIAR_URL: 'http://env:2/', CAVIAR_API_KEY: 'from-env' };
    expect(read(both)).toMatchObject({ url: 'http://env:2', apiKey: 'from-env', urlFrom: 'CAVIAR_URL' });
    expect(read(both, { url: 'http://option:3', key: 'k' })).toMatchObject({ url: 'http://option:3', apiKey: 'k' });
    const none = read({ XDG_CONFIG_HOME: folder, CAVIAR_URL: '', CAVIAR_API_KEY: '' });
    expect(none).toMatchObject({ url: 'http://127.0.0.1:3000', apiKey: undefined, urlFrom: 'the default' });
  });

  test('name what is wrong with them', () => {
    expect(() => read({ CAVIAR_URL: 'ftp://x' })).toThrow('CAVIAR_URL: "ftp://x" is not an http or https URL');
    expect(() => read({ CAVIAR_CONFIG: join(folder, 'no') })).toThrow('there is no such file');
    expect(() => read({ CAVIAR_CONFIG: file('a.json', '{') })).toThrow('a.json: is not JSON');
    expect(() => read({ CAVIAR_CONFIG: file('b.json', '[]') })).toThrow(
      'must be an object with "url", "apiKey" or both',
    );
    expect(() => read({ CAVIAR_CONFIG: file('c.json', '{"uri": "x"}') })).toThrow('"uri" is no setting');
    expect(() => read({ CAVIAR_CONFIG: file('d.json', '{"url": 5}') })).toThrow('"url" must be a string');
  });

  test('have colours on terminals alone, unless somebody says otherwise', () => {
    const hasColor = (env: Record<string, string>, isTTY = true, color?: boolean) =>
      readSettings({ color }, { env, isTTY }).hasColor;
    expect(hasColor({})).toBe(true);
    expect(hasColor({}, false)).toBe(false);
    expect(hasColor({ NO_COLOR: '1' })).toBe(false);
    expect(hasColor({ TERM: 'dumb' })).toBe(false);
    expect(hasColor({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(hasColor({ NO_COLOR: '1' }, false, true)).toBe(true);
  });
});

test('up starts the service with what is asked for, and ends with its exit code', async () => {
  const seen: object[] = [];
  const startService = async (env: Readonly<Record<string, string>>) => {
    seen.push(env);
    return 3;
  };
  const { code } = await runCaptured(['up', '--port', '0', '--workers', '2'], { startService });
  expect([code, seen]).toEqual([3, [{ PORT: '0', CAVIAR_WORKERS: '2' }]]);
});

test.each(['dataset list', 'worker list', 'key list'])('%s follows the pages to the last', async (line) => {
  const asked: (string | null)[] = [];
  const server = createServer((request, response) => {
    const cursor = new URL(request.url ?? '', AWAY).searchParams.get('cursor');
    asked.push(cursor);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: [{ id: cursor ?? 'first' }], nextCursor: cursor === null ? 'second' : null }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, stdout } = await runCaptured([...line.split(' '), '--json', '--url', url]);
  server.closeAllConnections();
  server.close();
  expect([code, asked]).toEqual([0, [null, 'second']]);
  expect(JSON.parse(stdout)).toEqual([{ id: 'first' }, { id: 'second' }]);
});
