import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCaptured } from '../apps/cli/testing/run-captured.js';
import { type Service, startService } from './support/service.js';

// The command line against the service as it is shipped, with a worker that trains.

let service: Service;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caviar-cli-'));
  service = await startService({ workers: 1, env: { CAVIAR_API_KEYS: 'k3y' } });
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

const caviar = (line: string, options: Parameters<typeof runCaptured>[1] = {}) =>
  runCaptured(line.split(' '), { ...options, env: { CAVIAR_URL: service.url, CAVIAR_API_KEY: 'k3y', ...options.env } });
const json = async (line: string, options: Parameters<typeof runCaptured>[1] = {}) => {
  const { code, stdout, stderr } = await caviar(`${line} --json`, options);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

const QUICK = readFileSync(fileURLToPath(new URL('../docs/examples/quickstart.json', import.meta.url)), 'utf8');
const create = (more = '') => json(`search create - --trials 4 ${more}`.trim(), { stdin: QUICK });
const EXTERNAL = JSON.stringify({
  name: 'outside',
  trainer: { kind: 'external' },
  space: { x: { kind: 'float', min: 0, max: 1 } },
  objective: { metric: 'cost', direction: 'minimize' },
  stop: { maxTrials: 2 },
});

describe('a search', () => {
  test('is made, followed to its end line by line, shown, exported, diagnosed', async () => {
    const made = await caviar('search create - --trials 4 --name mine --seed 5', { stdin: QUICK });
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^mine {2}running {2}(srch_\w+)\nnext: caviar search watch srch_/),
    });
    const followed = await caviar('search watch latest');
    expect(followed.code).toBe(0);
    expect(followed.stdout).toMatch(/4\/4 trials {2}0 running/);
    expect(followed.stdout).toMatch(/# {2}trial {2}dev\.error {2}learningRate/);
    expect(followed.stdout).toMatch(/next: caviar diagnose srch_/);

    const { search, leaderboard } = await json('search show latest');
    expect(search).toMatchObject({ name: 'mine', seed: 5, status: 'completed' });
    const shown = await caviar('search show latest');
    expect(shown.stdout).toContain(`${leaderboard.entries[0].number}`);
    expect(shown.stdout).toContain('trials     4 of 4 ended: 4 completed');
    expect((await json('search list --status completed')).map(({ id }: { id: string }) => id)).toContain(search.id);
    expect((await caviar('search list')).stdout).toContain(search.id);
    await json('search create - --name another', { stdin: EXTERNAL });
    const named = async (line: string): Promise<string[]> =>
      (await json(`search list ${line}`)).map(({ name }: { name: string }) => name);
    expect(await named('--q MINE')).toEqual(['mine']);
    expect(await named('--sort name')).toEqual(['another', 'mine']);
    expect(await named('--sort name --order desc')).toEqual(['mine', 'another']);
    expect((await caviar('search list --q nowhere')).stdout).toContain('no searches with "nowhere"');
    await json('search cancel latest');
    await json('search delete latest --yes');

    const csv = await caviar(`search export ${search.id}`);
    expect(csv.stdout.trim().split('\n')).toHaveLength(5);
    const path = join(folder, 'trials.jsonl');
    expect(await caviar(`search export ${search.id} --format jsonl -o ${path}`)).toMatchObject({ code: 0, stdout: '' });
    expect(
      readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).number),
    ).toEqual([0, 1, 2, 3]);

    const diagnosed = await caviar('diagnose latest');
    expect(diagnosed.stdout).toMatch(/avoidable bias[\s\S]*What to do[\s\S]*The next search/);
    const next = await caviar('diagnose latest --next');
    const preview = await caviar('search create - --preview', { stdin: next.stdout });
    expect(preview).toMatchObject({ code: 0, stdout: expect.stringContaining('What 1000 draws look like') });
    expect((await caviar('diagnose latest#1')).stdout).toContain('What to do');
    expect((await caviar('test-evaluate latest')).stdout).toMatch(
      /^trial \d+ on 359 rows that nothing has seen\n {2}test\.error/,
    );
  });

  test('is watched live on a terminal: curves in Braille, a board, and no wider than it', async () => {
    await create();
    const frames: string[] = [];
    const { code } = await caviar('search watch latest', {
      stdout: { isTTY: true, columns: 80, rows: 30, write: (text) => frames.push(text) },
    });
    expect(code).toBe(0);
    const last = frames.at(-1) ?? '';
    expect(last).toMatch(/[\u2801-\u28ff]{5}/);
    expect(last).toContain('4/4 trials');
    const widths = stripVTControlCharacters(last)
      .split('\n')
      .map(({ length }) => length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  test('is watched as JSON lines, one board each', async () => {
    const { id } = await create();
    const { stdout } = await caviar(`search watch ${id} --json`);
    const boards = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(boards.at(-1)).toMatchObject({ searchId: id, progress: { completed: 4 } });
  });

  test('is paused, resumed, cancelled and deleted; the outcome of watching a cancelled one is bad', async () => {
    const { id } = JSON.parse((await caviar('search create - --json', { stdin: EXTERNAL })).stdout);
    expect(await caviar(`search pause ${id}`)).toMatchObject({ code: 0, stdout: expect.stringContaining('paused') });
    expect((await caviar(`search show ${id}`)).stdout).toContain(`next: caviar search resume ${id}`);
    expect((await json(`search resume ${id}`)).status).toBe('running');
    const cancelled = await json(`trial cancel ${id}#0`);
    expect(cancelled).toMatchObject({ number: 0, status: 'cancelled' });
    const running = await caviar(`search delete ${id} --yes`);
    expect(running).toMatchObject({ code: 7, stderr: expect.stringContaining(`try: caviar search cancel ${id}`) });
    expect((await json(`search cancel ${id}`)).status).toBe('cancelled');
    expect((await caviar(`search watch ${id}`)).code).toBe(8);
    expect((await caviar(`search resume ${id}`)).code).toBe(7);
    expect(await caviar(`search delete ${id}`)).toMatchObject({ code: 2, stdout: '' });
    expect((await caviar(`search delete ${id} --yes`)).stdout).toBe(`deleted ${id}\n`);
    expect(await caviar(`search show ${id}`)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('try: caviar search list'),
    });
  });

  test('goes on when watching it is interrupted', async () => {
    const { id } = JSON.parse((await caviar('search create - --json', { stdin: EXTERNAL })).stdout);
    const interruption = new AbortController();
    const stdout = { write: () => interruption.abort(new Error('interrupted')) };
    const { code, stderr } = await caviar(`search watch ${id}`, { signal: interruption.signal, stdout });
    expect([code, stderr]).toEqual([
      130,
      `The search goes on without being watched.\nnext: caviar search watch ${id}\n`,
    ]);
    expect((await json(`search cancel ${id}`)).id).toBe(id);
  });

  test('that makes no sense is refused with a pointer to every key', async () => {
    const path = join(folder, 'bad.json');
    writeFileSync(
      path,
      JSON.stringify({
        ...JSON.parse(EXTERNAL),
        stop: { maxTrials: 0 },
        space: { x: { kind: 'float', min: 2, max: 1 } },
      }),
    );
    const { code, stderr } = await caviar(`search create ${path}`);
    expect(code).toBe(6);
    expect(stderr).toContain('error: The search spec does not make sense (invalid-spec)\n');
    expect(stderr).toMatch(/ {2}\/space\/x\/max {5}must not be below min \(2\)\n/);
    expect(stderr).toMatch(/ {2}\/stop\/maxTrials {2}must be at least 1\n/);
    const refused = await caviar(`search create ${path} --json`);
    expect(JSON.parse(refused.stderr).error).toMatchObject({
      code: 'invalid-spec',
      errors: [{ pointer: '/space/x/max' }, { pointer: '/stop/maxTrials' }],
    });
  });
});

describe('a trial', () => {
  test('is shown and drawn, by number or as the best', async () => {
    const { id } = await create();
    await caviar(`search watch ${id}`);
    const { trial, history } = await json(`trial show ${id}#best`);
    expect(history.map(({ status }: { status: string }) => status)).toEqual(['queued', 'running', 'completed']);
    const shown = await caviar(`trial show ${id}#${trial.number}`);
    expect(shown.stdout).toContain(`trial ${trial.number}  completed  ${trial.id}`);
    const drawn = await caviar(`trial curve ${trial.id}`);
    expect(drawn.stdout).toMatch(/dev\.error [\s\S]*[\u2801-\u28ff]{5}[\s\S]*train\.error/);
    expect((await json(`trial curve ${trial.id} --beta 0.9`)).items[0].smoothed).toBeDefined();
    expect(await caviar(`trial curve ${trial.id} --metric x`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it has train.loss'),
    });
    expect(await caviar(`trial show ${id}#99`)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('has no trial 99'),
    });
    expect(await caviar(`trial show ${id}#x`)).toMatchObject({ code: 2 });
    expect(await caviar('trial show nope')).toMatchObject({ code: 5 });
    const shares = await caviar(`search importance ${id}`);
    expect(shares).toMatchObject({ code: 7, stderr: expect.stringContaining('nothing-to-explain') });
  });
});

describe('a trial in the hand (panda)', () => {
  const LONG = JSON.stringify({
    name: 'panda',
    trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 100_000, hiddenUnits: 8, batchSize: 256 } },
    space: { learningRate: { kind: 'float', min: 1e-4, max: 0.1, scale: 'log' } },
    stop: { maxTrials: 1 },
  });

  test('is edited, paused, taken back, resumed, forked and cancelled', async () => {
    const { id } = JSON.parse((await caviar('search create - --json', { stdin: LONG })).stdout);
    const trial = () => json(`trial show ${id}#0`);
    await expect.poll(async () => (await trial()).trial.step).toBeGreaterThan(3);
    const edited = await caviar(`trial edit ${id}#0 -p learningRate=0.0123`);
    expect(edited).toMatchObject({ code: 0, stdout: expect.stringMatching(/learningRate from .* to 0\.0123/) });
    await expect.poll(async () => (await trial()).edits[0].state).toBe('applied');
    expect(await caviar(`trial pause ${id}#0`)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^trial 0 {2}/),
    });
    await expect.poll(async () => (await trial()).trial.status).toBe('paused');
    expect((await caviar(`trial list ${id} --status paused`)).stdout).toMatch(/^trial {2}id[\s\S]*paused/);
    const back = await caviar(`trial rewind ${id}#0 2`);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('goes on from step 2') });
    expect((await trial()).trial.step).toBe(2);
    expect((await caviar(`trial show ${id}#0`)).stdout).toContain('rewound to step 2');
    expect(await caviar(`trial rewind ${id}#0 x`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('STEP must be a whole number'),
    });
    expect((await caviar(`trial rewind ${id}#0 99999`)).code).toBe(6);
    expect((await json(`trial resume ${id}#0`)).status).not.toBe('paused');
    const forked = await json(`trial fork ${id}#0 --trials 2 --name around --width 0.1 --parallelism 1`);
    expect(forked).toMatchObject({ name: 'around', spec: { stop: { maxTrials: 2 }, parallelism: 1 } });
    expect((await caviar(`search cancel ${forked.id}`)).code).toBe(0);
    const told = caviar(`search events ${id} --after 0 --kind edit --kind rewind --kind fork`);
    expect((await json(`trial cancel ${id}#0`)).number).toBe(0);
    await expect.poll(async () => (await json(`search show ${id}`)).search.status).not.toBe('running');
    expect((await told).stdout).toMatch(
      /edit 1 pending: learningRate 0.0123[\s\S]*applied after step \d+[\s\S]*rewound to step 2[\s\S]*forked into srch_/,
    );
    const late = await caviar(`trial pause ${id}#0`);
    expect(late).toMatchObject({ code: 7, stderr: expect.stringContaining('try: caviar trial fork trl_') });
  });

  test('is not changed when it has ended', async () => {
    const { id } = await create();
    await caviar(`search watch ${id}`);
    const edited = await caviar(`trial edit ${id}#0 -p learningRate=0.01`);
    expect(edited).toMatchObject({ code: 7, stderr: expect.stringContaining('trial-ended') });
    expect(await caviar(`trial edit ${id}#0`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--param is missing'),
    });
  });
});

describe('a network', () => {
  test('is taken home and asked about rows', async () => {
    const { id } = await create();
    await caviar(`search watch ${id}`);
    const path = join(folder, 'winner.onnx');
    expect(await caviar(`trial model ${id}#best -o ${path}`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`wrote ${path}`),
    });
    expect(readFileSync(path).includes('probabilities')).toBe(true);
    const tensors = join(folder, 'winner.st');
    const made = await json(`trial model ${id}#best --format safetensors -o ${tensors}`);
    expect(made).toMatchObject({ format: 'safetensors', bytes: readFileSync(tensors).length });
    const row = JSON.stringify(Array.from({ length: 64 }, () => 3));
    const rows = join(folder, 'rows.json');
    writeFileSync(rows, `[${row}]`);
    const { predictions } = await json(`trial predict ${id}#best ${rows} --row ${row}`);
    expect(predictions).toHaveLength(2);
    expect(predictions[0]).toEqual(predictions[1]);
    expect((await caviar(`trial predict ${id}#best --row ${row}`)).stdout).toMatch(/^row {2}prediction\n +0 {2}\d .*%/);
    expect(await caviar(`trial predict ${id}#best -`, { stdin: '[[1,2]]' })).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('/rows/0'),
    });
    for (const line of ['', '--row x', join(folder, 'none.json'), '-'])
      expect((await caviar(`trial predict ${id}#best ${line}`.trim(), { stdin: '{}' })).code, line).toBe(2);
    expect((await caviar(`trial model ${id}#best -o ${join(folder, 'no/such/folder.onnx')}`)).code).toBe(2);
  });

  test('is had of trials of the mlp alone', async () => {
    const { id } = JSON.parse((await caviar('search create - --json', { stdin: EXTERNAL })).stdout);
    expect(await caviar(`trial model ${id}#0`)).toMatchObject({ code: 7, stderr: expect.stringContaining('no-model') });
    await caviar(`search cancel ${id}`);
  });
});

describe('a search that is changed', () => {
  test('has trials of our own, another name and end, and tells all that happened', async () => {
    const { id } = await create();
    await caviar(`search watch ${id}`);
    const spec = JSON.parse((await caviar(`search spec ${id}`)).stdout);
    expect((await json('search create - --preview', { stdin: JSON.stringify(spec) })).spec.space).toEqual(spec.space);
    const notes = ['search', 'edit', id, '--notes', 'second try', '--name', 'again', '--trials', '6', '--json'];
    const env = { CAVIAR_URL: service.url, CAVIAR_API_KEY: 'k3y' };
    const edited = JSON.parse((await runCaptured(notes, { env })).stdout);
    expect(edited).toMatchObject({ notes: 'second try', name: 'again', spec: { stop: { maxTrials: 6 } } });
    expect((await caviar(`search edit ${id} --trials 6`)).stdout).toContain(`next: caviar search resume ${id}`);
    expect(await caviar(`search edit ${id}`)).toMatchObject({ code: 2 });
    await caviar(`search resume ${id}`);
    await caviar(`search watch ${id}`);
    // all of it, beyond the first end of the search
    const events = (await caviar(`search events ${id} --after 0 --kind trial --json`)).stdout.trim().split('\n');
    const ended = events.map((line) => JSON.parse(line).event).filter(({ status }) => status === 'completed');
    expect(ended.map(({ number }) => number).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const lines = (await caviar(`search events ${id} --after 0`)).stdout;
    expect(lines).toMatch(/trial 5 {2}completed, value [\s\S]*search {2}completed: all 6 trials have ended\n$/);
    expect((await caviar(`search events ${id} --kind odd`)).code).toBe(2);
  });

  test('takes a trial and a space from the command line', async () => {
    const { id } = JSON.parse((await caviar('search create - --json --trials 40', { stdin: EXTERNAL })).stdout);
    const [added] = await json(`search add ${id} -p x=0.25`);
    expect(added).toMatchObject({ params: { x: 0.25 }, status: 'queued' });
    expect(await caviar(`search add ${id} -p y=1`)).toMatchObject({ code: 6, stderr: expect.stringContaining('/y') });
    const space = { x: { kind: 'float', min: 0.2, max: 0.4 } };
    const changed = await json(`search edit ${id} --space - --parallelism 2`, { stdin: JSON.stringify(space) });
    expect(changed.spec).toMatchObject({ parallelism: 2, space });
    expect((await caviar(`search edit ${id} --space -`, { stdin: '3' })).code).toBe(2);
    await caviar(`search cancel ${id}`);
  });

  test('tells others of itself', async () => {
    const { id } = await create();
    expect((await caviar(`webhook list ${id}`)).stdout).toContain('nobody is told');
    const hook = await json(`webhook create ${id} https://hooks.example.com/x --event search.failed`);
    expect(hook).toMatchObject({ events: ['search.failed'], secret: expect.stringMatching(/^whsec_/) });
    expect((await caviar(`webhook list ${id}`)).stdout).toContain('https://hooks.example.com/x');
    expect((await caviar(`webhook create ${id} https://x.example --event odd`)).code).toBe(2);
    expect((await caviar(`webhook delete ${hook.id}`)).stdout).toBe(`deleted ${hook.id}\n`);
    expect((await caviar(`webhook delete ${hook.id}`)).code).toBe(5);
  });
});

describe('the service', () => {
  test('has data sets, workers and a state', async () => {
    expect((await caviar('status')).stdout).toBe(`${service.url}  ready\n  postgres  ok\n  redis     ok\n`);
    expect((await json('dataset list')).map(({ id }: { id: string }) => id)).toContain('digits');
    expect((await caviar('dataset list')).stdout).toMatch(/digits {2,}10 classes/);
    expect((await caviar('dataset show digits')).stdout).toContain('images of 8 by 8');
    expect(await caviar('dataset show nope')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('caviar dataset list'),
    });
    expect((await caviar('trainer list')).stdout).toMatch(/mlp[\s\S]*learningRate +Step size.*Changeable/);
    const [worker] = await json('worker list');
    expect(await caviar(`worker release ${worker.id}`)).toMatchObject({ code: 0 });
    expect(await caviar('worker release nope')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('worker list'),
    });
    expect((await caviar('worker list')).stdout).toMatch(/^id +status[\s\S]*active/);
  });

  test('takes data sets, and says where a file is wrong', async () => {
    const path = join(folder, 'own.csv');
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 3},${i % 2 === 0 ? 'yes' : 'no'}`);
    writeFileSync(path, ['id,a,label', ...rows].join('\n'));
    const added = await caviar(`dataset add ${path} --column id=ignore --licence CC0`);
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^own {2}ds_/) });
    expect(added.stdout).toMatch(/label \(target\) +categorical +0 +2/);
    expect(added.stdout).toContain('"dataset": "own"');
    expect(added.stdout).toMatch(/no features +id \(ignore\)/);
    const { id } = await json(`dataset add ${path} --column id=ignore --licence CC0`);
    expect((await json(`dataset show ${id}`)).classNames).toEqual(['no', 'yes']);
    expect((await json('dataset show own')).id).toBe(id);
    const again = await caviar(`dataset add ${path} --column id=ignore --name other`);
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('was there already, as own: there is none by the name other'),
    });
    expect(added.stdout).not.toContain('there already');
    expect((await caviar(`dataset delete ${id}`)).stdout).toBe(`deleted ${id}\n`);
    writeFileSync(path, 'a,b\n1,2\n3\n');
    expect(await caviar(`dataset add ${path}`)).toMatchObject({ code: 6, stderr: expect.stringContaining('line 3') });
    for (const [line, message] of [
      ['', 'FILE is missing'],
      [`${path} --features x.npy`, 'not both'],
      [join(folder, 'no.csv'), 'there is no file'],
      [join(folder, 'odd.xyz'), '--format is needed'],
      [folder, 'is a folder'],
      [`${path} --column x`, '--column takes NAME=ROLE'],
      ['--features x.npy --test y.npy', '--test goes with FILE'],
    ]) {
      const refused = await caviar(`dataset add ${line}`.trim());
      expect(refused, line).toMatchObject({ code: 2, stderr: expect.stringContaining(message ?? '') });
    }
  });

  test('checks gradients', async () => {
    const { code, stdout } = await caviar(
      'gradcheck digits -p hiddenUnits=4 -p activation=tanh --epochs 0 --examples 4',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^great: 310 parameters checked one by one/);
    const refused = await caviar('gradcheck digits -p keepProb=0.5');
    expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('/params/keepProb') });
  });

  test('makes keys and revokes them; a wrong key, none, or one that may not is refused', async () => {
    const made = await json('key create reader --role read --project vision');
    const asReader = (line: string) => caviar(line, { env: { CAVIAR_API_KEY: made.key } });
    expect((await asReader('search list')).stdout).toMatch(/^no searches/);
    const refused = await asReader('key list');
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('role-too-low') });
    expect((await caviar('key list')).stdout).toMatch(/active +read +vision/);
    expect((await caviar(`key revoke ${made.id}`)).code).toBe(0);
    expect((await caviar('key list')).stdout).toContain('revoked');
    expect((await caviar('key create x')).stdout).toContain('This is the only copy');
    expect(await caviar('key revoke nope')).toMatchObject({ code: 5 });
    for (const key of ['wrong', '']) {
      const { code, stderr } = await caviar('search list', { env: { CAVIAR_API_KEY: key } });
      expect(code).toBe(4);
      expect(stderr).toContain('try: export CAVIAR_API_KEY=');
    }
  });
});
