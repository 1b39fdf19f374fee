import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../apps/api/testing/test-app.js';
import { OPERATIONS, type Operation, openApiDocument } from '../packages/contracts/index.js';

// The Python client with the Python of this machine, against a real service.

const { pythonTypes } = (await import(new URL('../scripts/python-types.mjs', import.meta.url).href)) as {
  pythonTypes(document: object): string;
};

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'packages', 'client-python');
const isNewEnough = 'import sys; sys.exit(0 if sys.version_info >= (3, 9) else 1)';
const hasPython = spawnSync('python3', ['-c', isNewEnough]).status === 0;

let service: TestApp | undefined;
let url = '';
beforeAll(async () => {
  if (!hasPython) return;
  service = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
  url = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service?.close());

function python(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', CAVIAR_URL: url, CAVIAR_API_KEY: '' };
  return new Promise((resolve, reject) => {
    execFile('python3', [...args], { cwd: folder, env, timeout: 290_000 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stderr}`)),
    );
  });
}

test('its types are made from the contract', () => {
  const message = 'write them anew: npm run build && node scripts/python-types.mjs';
  expect(readFileSync(join(folder, 'caviar', 'types.py'), 'utf8') === pythonTypes(openApiDocument('0')), message).toBe(
    true,
  );
});

/** Calls every method of a client that sends nothing, and prints what it would have sent. */
const CALL_ALL = `
import inspect, caviar
called = set()
def request(method, path, **_):
    called.add(method + " " + path.replace("ID", "{id}"))
    raise caviar.UnreachableError("nothing is sent")
client = caviar.Client(patience=0)
client._transport.request = request
for name, method in inspect.getmembers(client, inspect.ismethod):
    if name.startswith("_") or name in ("follow_events", "follow_changes", "watch_leaderboard"):
        continue
    wanted = [each for each in inspect.signature(method).parameters.values() if each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    lists = ("files", "finishes", "params", "metrics", "rows", "spec")
    try:
        answer = method(*[{} if each.name in lists else 1 if each.name == "step" else "ID" for each in wanted])
        next(iter(answer), None)
    except (caviar.UnreachableError, TypeError):
        pass
caviar._transport.time.sleep = None  # the pause before it connects again
for follow in (lambda: client.follow_events("ID"), client.follow_changes):
    try:
        next(follow())
    except TypeError:
        pass
print("\\n".join(sorted(called)))
`;

/** Gives every method each of its arguments, and prints the queries that it would have sent, as `METHOD PATH NAME`. */
const ASK_ALL = `
import inspect, caviar
asked = set()
def request(method, path, query=None, headers=None, **_):
    if "Last-Event-ID" in (headers or {}):
        asked.add(method + " " + path.replace("ID", "{id}") + " after")  # the header says the same
    asked.update(method + " " + path.replace("ID", "{id}") + " " + name for name, value in (query or {}).items() if value is not None)
    raise caviar.UnreachableError("nothing is sent")
client = caviar.Client(patience=0)
client._transport.request = request
lists = ("status", "numbers", "metrics", "params", "rows", "finishes")
for name, method in inspect.getmembers(client, inspect.ismethod):
    if name.startswith("_") or name in ("follow_events", "follow_changes", "watch_leaderboard"):
        continue
    given = {each.name: "ID" if each.default is each.empty else ["1"] if each.name in lists else {"number": {"min": 1}} if each.name == "filter" else "1" for each in inspect.signature(method).parameters.values() if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)}
    try:
        next(iter(method(**given)), None)
    except (caviar.UnreachableError, TypeError, ValueError, AttributeError):
        pass
caviar._transport.time.sleep = None  # the pause before it connects again
try:
    next(client.follow_events("ID", after="0"))
except TypeError:
    pass
print("\\n".join(sorted(asked)))
`;

describe.skipIf(!hasPython)('the Python client', () => {
  test('does what it does without a service', async () => {
    await python('-m', 'unittest', 'discover', '-s', 'tests');
  });

  test('does what it does with a service', { timeout: 300_000 }, async () => {
    await python('-m', 'unittest', 'discover', '-s', 'integration');
  });

  test('can ask for all that a query of the contract may have', async () => {
    const asked = new Set((await python('-c', ASK_ALL)).trim().split('\n'));
    const operations: readonly Operation[] = Object.values(OPERATIONS);
    const expected = operations
      .filter(({ path }) => path.startsWith('/v1/'))
      .flatMap(({ method, path, query }) => Object.keys(query?.shape ?? {}).map((key) => `${method} ${path} ${key}`));
    expect(expected.filter((each) => !asked.has(each))).toEqual([]);
  });

  test('has a method for every call of the contract', async () => {
    const called = new Set((await python('-c', CALL_ALL)).trim().split('\n'));
    const operations: readonly Operation[] = Object.values(OPERATIONS);
    const expected = operations
      .filter(({ path }) => path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path}`);
    expect(expected.filter((call) => !called.has(call))).toEqual([]);
  });
});
