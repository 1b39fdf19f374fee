import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { eventId, eventLines, eventPosition, pump } from './event-stream.js';

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['17', { seq: 17 }],
  ['17.3', { seq: 17, items: 3 }],
  ['0', { seq: 0 }],
])('the id %s is the place %j', (id, position) => {
  expect(eventPosition(id)).toEqual(position);
  expect(eventId(position)).toBe(id);
});

test('an event is one block, whatever is in it', () => {
  expect(eventLines({ id: '1', kind: 'search', data: { reason: 'a\nb\r' } })).toBe(
    'id: 1\nevent: search\ndata: {"reason":"a\\nb\\r"}\n\n',
  );
});

test('while nothing happens, a comment is sent every 15 s, and none after the end', async () => {
  vi.useFakeTimers();
  const stream = new PassThrough();
  const written: string[] = [];
  stream.on('data', (chunk) => written.push(String(chunk)));
  let finish = () => {};
  const never = new Promise<void>((resolve) => {
    finish = resolve;
  });
  async function* blocks() {
    yield 'a';
    await never;
  }
  const pumping = pump(blocks(), stream, { signal: new AbortController().signal, patienceMs: 100 });
  await vi.advanceTimersByTimeAsync(31_000);
  expect(written).toEqual(['a', ':\n\n', ':\n\n']);
  finish();
  expect(await pumping).toBe(true);
  await vi.advanceTimersByTimeAsync(31_000);
  expect(written).toHaveLength(3);
});

test('a reader who takes nothing is given up, and nothing more is read for it', async () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  let read = 0;
  async function* blocks() {
    for (;;) {
      read++;
      yield 'more than it takes';
    }
  }
  expect(await pump(blocks(), stream, { signal: new AbortController().signal, patienceMs: 20 })).toBe(false);
  expect(read).toBe(1);
});

test('a reader who goes while it is waited for ends it without blame', async () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  const gone = new AbortController();
  async function* blocks() {
    yield 'more than it takes';
  }
  setTimeout(() => gone.abort(), 20);
  expect(await pump(blocks(), stream, { signal: gone.signal, patienceMs: 5_000 })).toBe(true);
});
