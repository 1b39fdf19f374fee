import { expect, test } from 'vitest';
import { readEvents, type SentEvent } from './read-events.js';

const bytes = new TextEncoder();

async function read(...chunks: readonly string[]): Promise<SentEvent[]> {
  const events: SentEvent[] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(bytes.encode(chunk));
      controller.close();
    },
  });
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

const text = 'retry: 1000\n\n:\n\nid: 7\nevent: trial\ndata: {"a":1}\n\nid: 7.1\ndata:x\ndata: y\n\n: end\n\n';
const expected = [
  { id: '7', kind: 'trial', data: '{"a":1}' },
  { id: '7.1', kind: 'message', data: 'x\ny' },
];

test('events, with comments and blocks without data left out', async () => {
  expect(await read(text)).toEqual(expected);
});

test.each(['\r\n', '\r'])('lines may end with %j', async (end) => {
  expect(await read(text.replaceAll('\n', end), ':')).toEqual(expected);
});

test('wherever the chunks are cut', async () => {
  expect(await read(...text.replaceAll('\n', '\r\n'))).toEqual(expected);
});

test('a character cut in two is put together again', async () => {
  const [one, two] = [bytes.encode('data: é\n\n').slice(0, 7), bytes.encode('data: é\n\n').slice(7)];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(one);
      controller.enqueue(two);
      controller.close();
    },
  });
  for await (const { data } of readEvents(body)) expect(data).toBe('é');
});

test('an event keeps the newest id, and one that is cut off is left out', async () => {
  expect(await read('id: 3\ndata: a\n\ndata: b\n\nid: 4\ndata: c\n')).toEqual([
    { id: '3', kind: 'message', data: 'a' },
    { id: '3', kind: 'message', data: 'b' },
  ]);
});

test('gives the connection back when the caller has had enough', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes.encode('data: a\n\n')),
    cancel() {
      cancelled = true;
    },
  });
  for await (const _ of readEvents(body)) break;
  expect(cancelled).toBe(true);
});
