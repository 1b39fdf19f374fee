import { expect, test } from 'vitest';
import { inRounds } from './rounds.js';

/** Work whose rounds end when they are told to. */
function steered() {
  const ends: ((error?: Error) => void)[] = [];
  const run = inRounds(
    () => new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve()))),
  );
  return { ends, run };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('callers during a round share the next one, which begins after they called', async () => {
  const { ends, run } = steered();
  const done: string[] = [];
  const call = (name: string) => run('a').then(() => done.push(name));
  const calls = [call('first'), call('second'), call('third')];
  expect(ends).toHaveLength(1);
  ends[0]!();
  await turn();
  expect([done, ends.length]).toEqual([['first'], 2]);
  calls.push(call('fourth'));
  ends[1]!();
  await turn();
  expect([done, ends.length]).toEqual([['first', 'second', 'third'], 3]);
  ends[2]!();
  await Promise.all(calls);
  await turn();
  void run('a');
  expect(ends).toHaveLength(4); // begins at once when nobody is at work
});

test('each caller of a round is given its result; the subject is told by its key', async () => {
  const asked: { readonly id: string; readonly limit: number }[] = [];
  const read = inRounds(
    async (page: { readonly id: string; readonly limit: number }) => {
      await turn();
      return `${asked.push(page)}: ${page.id}, ${page.limit}`;
    },
    ({ id, limit }) => `${id} ${limit}`,
  );
  const answers = [read({ id: 'a', limit: 5 }), read({ id: 'a', limit: 5 }), read({ id: 'a', limit: 5 })];
  const other = read({ id: 'a', limit: 9 });
  expect(await Promise.all(answers)).toEqual(['1: a, 5', '3: a, 5', '3: a, 5']);
  expect(await other).toBe('2: a, 9');
});

test('keys do not wait for one another', () => {
  const { ends, run } = steered();
  void run('a');
  void run('b');
  expect(ends).toHaveLength(2);
});

test('a failure reaches those who shared the round, and the next one runs all the same', async () => {
  const { ends, run } = steered();
  const first = run('a');
  const next = run('a');
  ends[0]!(new Error('Postgres is away'));
  await expect(first).rejects.toThrow('Postgres is away');
  await turn();
  ends[1]!();
  await expect(next).resolves.toBeUndefined();
});
