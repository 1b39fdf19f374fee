import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase, startTestRedis } from '@caviar/testing';
import { expect, onTestFinished, test } from 'vitest';

// What a process loads it keeps: docs/training-speed.md says what workers hold, and of what.

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Has the debugger say the URL of each script from here on. */
const RECORD = `
  import { Session } from 'node:inspector';
  globalThis.scripts = [];
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.push(params.url));
  session.post('Debugger.enable');`;

test('a thread that trains does without zod', async () => {
  const program = `${RECORD}
    await import(process.argv[1]).catch((error) => { if (!/program of a training thread/.test(error.message)) throw error; });
    console.log(JSON.stringify(scripts.filter((url) => url.startsWith('file:'))));`;
  const run = promisify(execFile);
  const argv = ['--input-type=module', '--eval', program, at('dist/trainer/thread.js')];
  const { stdout } = await run(process.execPath, argv);
  const scripts = JSON.parse(stdout) as string[];
  for (const needed of [/training\/dist\/mlp\.js$/, /spec\/dist\/trainers\/mlp\.js$/, /datasets\/dist\/content\.js$/])
    expect(scripts.filter((url) => needed.test(url))).toHaveLength(1);
  expect(scripts.filter((url) => /\/zod\/|spec\/dist\/index\.js$/.test(url))).toEqual([]);
});

test("a worker that is ready has loaded no other backends of BullMQ's, nor the text of Prisma's planner", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const redis = await startTestRedis();
  onTestFinished(() => redis.stop());
  const program = `${RECORD}
    process.on('message', (what) => what === 'scripts' && process.send(scripts));`;
  const worker = fork(at('dist/main.js'), [], {
    env: { PATH: process.env['PATH'], DATABASE_URL: database.url, REDIS_URL: redis.url, LOG_LEVEL: 'warn' },
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(program)}`],
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  expect(await once(worker, 'message')).toMatchObject({ 0: { kind: 'ready' } });
  worker.send('scripts');
  const [scripts] = (await once(worker, 'message')) as [string[]];
  worker.kill('SIGTERM');
  expect(await once(worker, 'exit')).toEqual([0, null]);
  for (const needed of [/bullmq\/dist\/cjs\/classes\/worker\.js$/, /query_compiler_small_bg\.postgresql\.mjs$/])
    expect(scripts.filter((url) => needed.test(url))).toHaveLength(1);
  expect(scripts.filter((url) => /bullmq\/.*\/postgres\/|bullmq\/dist\/esm\/|wasm-base64/.test(url))).toEqual([]);
});
