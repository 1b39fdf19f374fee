import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Measurement, type Params, programsFileSchema } from '@caviar/spec';
import { afterAll, describe, expect, test } from 'vitest';
import type { ThreadTask } from '../trainer/protocol.js';
import type { ThreadListener } from '../trainer/training-thread.js';
import { createProgramTrainer } from './program-trainer.js';

// Real programs: small scripts for this very Node.

const folder = mkdtempSync(join(tmpdir(), 'caviar-programs-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const READ = `
  const lines = require('node:readline').createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async () => { const { value, done } = await lines.next(); return done ? null : JSON.parse(value); };
  const say = (what) => console.log(JSON.stringify(what));
  const note = (text) => require('node:fs').appendFileSync('notes', text + '\\n');
`;
const script = (body: string) => [process.execPath, '-e', `${READ}(async () => {${body}})();`];

function trainer(registered: Record<string, object>, environment: NodeJS.ProcessEnv = process.env) {
  const { programs } = programsFileSchema.parse({ programs: registered });
  const noise: object[] = [];
  const write = (fields: object) => void noise.push(fields);
  return {
    ...createProgramTrainer({
      programs: new Map(Object.entries(programs).map(([name, program]) => [name, { ...program, cwd: folder }])),
      environment,
      logger: { debug: write, info: write, warn: write, error: write },
    }),
    noise,
  };
}

const listener = (onMeasured: (some: readonly Measurement[]) => void): ThreadListener => ({
  onMeasured,
  onPassed: () => {},
  onEdited: async () => {},
});

const taskOf = (program: string, params: Params = {}, more: Partial<ThreadTask> = {}): ThreadTask => ({
  trainer: { kind: 'command', program, params: {}, maxRetries: 0 },
  data: null,
  params,
  searchSeed: 7,
  trialNumber: 3,
  objectives: ['cost'],
  checkpoint: null,
  targetStep: null,
  changes: [],
  pending: null,
  checkpoints: { everyMs: 0, maxBytes: 0 },
  ...more,
});

async function run(argv: readonly string[], options: object = {}, more: Partial<ThreadTask> = {}) {
  const measured: Measurement[] = [];
  const { run: start, noise } = trainer({ it: { argv, ...options } });
  const heard = listener((some) => measured.push(...some));
  const result = await start(taskOf('it', more.params ?? { rate: 0.5 }, more), heard);
  return { result, measured: measured.map(({ step, metrics }) => [step, metrics['cost']]), noise };
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !condition(); await sleep(10)) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
  }
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')); // a zombie is not alive
  } catch {
    return false;
  }
};
const pidIn = (name: string) => Number(readFileSync(join(folder, name), 'utf8'));

describe('a program', () => {
  test('gets the trial as a line of JSON, and tells its measurements line by line', async () => {
    const { result, measured, noise } = await run(
      script(`
        const trial = await next();
        console.log('epoch 1 of 2');
        say({ step: 1, metrics: { cost: trial.params.rate, seed: trial.searchSeed, number: trial.trialNumber } });
        say({ metrics: { cost: 0.25 } });
        process.exit();
      `),
    );
    expect(measured).toEqual([
      [1, 0.5],
      [2, 0.25],
    ]);
    expect(result).toMatchObject({
      kind: 'ended',
      status: 'completed',
      reason: null,
      step: 2,
      metrics: { cost: 0.25 },
    });
    expect(noise).toMatchObject([{ program: 'it', trialNumber: 3, line: 'epoch 1 of 2' }]);
  });

  test('may print bytes that are no text: what is kept of them is', async () => {
    const said = await run(
      script(
        `say({ status: 'infeasible', metrics: { cost: 1 }, reason: 'a\\0b' + '🐟'.repeat(2000) }); process.exit();`,
      ),
    );
    expect(said.result).toMatchObject({ status: 'infeasible', reason: `a\uFFFDb${'🐟'.repeat(997)}` });
    const named = await run(script(`say({ metrics: { cost: 1, 'a\\0': 2 } }); process.exit();`));
    expect(named.result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('is no text') });
    const noisy = await run(script(`process.stderr.write('core\\0dumped\\n', () => process.exit(3));`));
    expect(noisy.result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('core\uFFFDdumped') });
  });

  test('gets flags instead, with no shell in between', async () => {
    const argv = [
      process.execPath,
      '-e',
      `console.log(JSON.stringify({ metrics: { cost: 1 }, args: process.argv.slice(1) }));
      require('node:fs').writeFileSync('args', JSON.stringify(process.argv.slice(1)))`,
      'fixed',
    ];
    const params = { rate: 0.5, name: '$(touch pwned); `id` && x', layers: [64, 32], flag: true, none: null };
    const { result } = await run(argv, { input: 'flags' }, { params });
    expect(result).toMatchObject({ kind: 'ended', status: 'completed' });
    expect(JSON.parse(readFileSync(join(folder, 'args'), 'utf8'))).toEqual([
      'fixed',
      '--rate=0.5',
      '--name=$(touch pwned); `id` && x',
      '--layers=[64,32]',
      '--flag=true',
      '--none=null',
    ]);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
    const odd = await run(argv, { input: 'flags' }, { params: { '-rf /': 1 } });
    expect(odd.result).toMatchObject({ kind: 'failed', retry: false, reason: expect.stringContaining('"-rf /"') });
  });

  test('sees the variables it is registered for, and no others', async () => {
    const it = trainer(
      {
        it: {
          argv: script(`note(JSON.stringify(process.env)); say({ metrics: { cost: 1 } }); process.exit();`),
          env: ['SEEN'],
        },
      },
      { SEEN: 'yes', DATABASE_URL: 'secret' },
    );
    await it.run(
      taskOf('it'),
      listener(() => {}),
    );
    const lines = readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ SEEN: 'yes', CAVIAR_TRIAL_NUMBER: '3', CAVIAR_SEARCH_SEED: '7' });
    expect(lines.at(-1)).not.toContain('secret');
  });

  test.each([
    [
      'NaN, as Python prints it',
      `console.log('{"step": 1, "metrics": {"cost": NaN, "x": -Infinity}}')`,
      'infeasible',
      'cost is not finite',
    ],
    [
      'a last word',
      `say({ metrics: { cost: 3 } }); say({ status: 'infeasible', reason: 'the loss exploded' })`,
      'infeasible',
      'the loss exploded',
    ],
    ['a last word alone', `say({ status: 'infeasible', reason: 'too large' })`, 'infeasible', 'too large'],
    ['final metrics of its own', `say({ status: 'completed', metrics: { cost: 3 } })`, 'completed', null],
  ])('may end with %s', async (_, body, status, reason) => {
    const { result } = await run(script(`${body}; process.exit();`));
    expect(result).toMatchObject({ kind: 'ended', status, reason });
  });

  test.each([
    ['all of them', { cost: 3, size: 4 }, { kind: 'ended', status: 'completed' }],
    [
      'one that is not finite',
      { cost: 3, size: null },
      { kind: 'ended', status: 'infeasible', reason: 'size is not finite' },
    ],
    ['one too few', { cost: 3 }, { kind: 'failed', reason: 'it ended without the objective "size"; it reported cost' }],
  ])('of several objectives needs each: %s', async (_, metrics, expected) => {
    const body = `say({ metrics: ${JSON.stringify(metrics)} }); process.exit();`;
    const { result } = await run(script(body), {}, { objectives: ['cost', 'size'] });
    expect(result).toMatchObject(expected);
  });

  test.each([
    [
      'ends with an error',
      `console.error('Traceback'); console.error('ValueError: no'); process.exit(3)`,
      true,
      'it ended with code 3: ValueError: no',
    ],
    ['is killed', `process.kill(process.pid, 'SIGKILL')`, true, 'it was ended by SIGKILL'],
    ['says nothing', `process.exit()`, false, 'it ended without the objective "cost"; it reported nothing'],
    [
      'says something else',
      `say({ metrics: { loss: 1 } }); process.exit()`,
      false,
      'it ended without the objective "cost"; it reported loss',
    ],
    [
      'prints text for a number',
      `say({ metrics: { cost: 'low' } })`,
      false,
      'it printed a measurement that makes no sense: the metric "cost" must be a number or null',
    ],
    [
      'prints half a step',
      `say({ step: 0.5, metrics: { cost: 1 } })`,
      false,
      'it printed a measurement that makes no sense: step must be a whole number from 0, not 0.5',
    ],
    [
      'prints a line without end',
      `for (;;) if (!process.stdout.write('x'.repeat(65536))) await new Promise((r) => process.stdout.once('drain', r))`,
      false,
      'it printed a line without end',
    ],
  ])('that %s has failed', async (_, body, retry, reason) => {
    expect((await run(script(body))).result).toEqual({ kind: 'failed', retry, reason });
  });

  test('that is not there, or not registered, has failed', async () => {
    expect((await run(['/no/such/program'])).result).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^it could not be started: .*ENOENT/),
    });
    expect(
      await trainer({}).run(
        taskOf('other'),
        listener(() => {}),
      ),
    ).toEqual({
      kind: 'failed',
      retry: true,
      reason: 'the program "other" is not registered with this worker',
    });
  });

  test('is ended, with all that it started, when its time is over', async () => {
    const { result } = await run(
      script(`
        const child = require('node:child_process').spawn('sleep', ['60']);
        require('node:fs').writeFileSync('child', String(child.pid));
        await new Promise(() => setInterval(() => {}, 1000));
      `),
      { timeLimitMs: 1_500 },
    );
    expect(result).toEqual({ kind: 'failed', retry: false, reason: 'it took longer than its 1500 ms' });
    await until(() => !isAlive(pidIn('child')));
  });

  test.skipIf(!existsSync('/proc/self/stat'))(
    'is ended when it, and all that it started, take too much memory',
    async () => {
      const body = `globalThis.kept = Buffer.alloc(400e6, 1); setInterval(() => {}, 1000);`;
      const { result } = await run(script(body), { memoryLimitMb: 200 });
      expect(result).toEqual({ kind: 'failed', retry: false, reason: 'it took more memory than its 200 MB' });
    },
  );

  test('that has ended takes along what it left running', async () => {
    const { result } = await run(
      script(`
        const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' });
        require('node:fs').writeFileSync('left', String(child.pid));
        say({ metrics: { cost: 1 } });
        process.exit();
      `),
    );
    expect(result.kind).toBe('ended');
    await until(() => !isAlive(pidIn('left')));
  });
});

describe('stopping', () => {
  const forEver = `say({ metrics: { cost: 1 } }); setInterval(() => {}, 1000);`;
  async function stopped(body: string, how: 'stop' | 'checkpointAndStop', options: object = {}) {
    const it = trainer({ it: { argv: script(body), ...options } });
    let count = 0;
    const result = it.run(
      taskOf('it'),
      listener(() => count++),
    );
    await until(() => count > 0);
    it.wish(how);
    return result;
  }

  test('is asked for with a line, which a program may answer with what it has', async () => {
    const body = `await next(); say({ metrics: { cost: 2 } }); const { stop } = await next(); note('told: ' + stop); say({ metrics: { cost: 1 } }); process.exit();`;
    expect(await stopped(body, 'checkpointAndStop', { stopGraceMs: 60_000 })).toMatchObject({
      kind: 'stopped',
      checkpoint: new Uint8Array(),
      step: 2,
      metrics: { cost: 1 },
    });
    expect(readFileSync(join(folder, 'notes'), 'utf8')).toContain('told: the trial is paused');
  });

  test('is SIGTERM for one that does not listen, and SIGKILL for one that will not', async () => {
    const gentle = `process.on('SIGTERM', () => { note('SIGTERM'); process.exit(); }); ${forEver}`;
    expect(await stopped(gentle, 'stop', { stopGraceMs: 0 })).toMatchObject({ kind: 'stopped', checkpoint: null });
    expect(readFileSync(join(folder, 'notes'), 'utf8')).toContain('SIGTERM');
    const stubborn = `process.on('SIGTERM', () => {}); ${forEver}`;
    expect(await stopped(stubborn, 'stop', { stopGraceMs: 0 })).toMatchObject({ kind: 'stopped', checkpoint: null });
  }, 20_000);

  test('with the worker ends a program at once', async () => {
    const it = trainer({ it: { argv: script(forEver) } });
    let count = 0;
    const result = it.run(
      taskOf('it'),
      listener(() => count++),
    );
    await until(() => count > 0);
    await it.terminate();
    expect(await result).toEqual({ kind: 'failed', retry: true, reason: 'the worker stopped' });
  });

  test('at the step where trials are compared; going on, a program is told how far it was', async () => {
    const body = `
      const { step } = await next();
      note('from ' + step);
      for (let at = 1; at <= 9; at++) say({ step: at, metrics: { cost: 10 - at } });
      await next();
      process.exit();
    `;
    const first = await run(script(body), {}, { targetStep: 3 });
    expect(first.measured).toEqual([
      [1, 9],
      [2, 8],
      [3, 7],
    ]);
    expect(first.result).toMatchObject({ kind: 'arrived', step: 3, metrics: { cost: 7 } });
    const checkpoint = { step: 3, elapsedMs: 1000, data: new Uint8Array() };
    const second = await run(script(body), {}, { checkpoint: { ...checkpoint, metrics: {} }, targetStep: 5 });
    expect(second.measured).toEqual([
      [4, 6],
      [5, 5],
    ]);
    expect(second.result).toMatchObject({ kind: 'arrived', step: 5 });
    expect(readFileSync(join(folder, 'notes'), 'utf8')).toContain('from 3');
  });
});
