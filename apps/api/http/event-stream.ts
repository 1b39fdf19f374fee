import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { EventPosition } from '@caviar/orchestrator';
import type { FastifyReply } from 'fastify';

/** Silence after which a comment is sent, so that nothing on the way takes the connection for dead. */
const HEARTBEAT_MS = 15_000;
/** Time in which a reader must take what was sent, before it is cut off. */
export const PATIENCE_MS = 15_000;
/** After which a stream ends, for its reader to come back: by then a key may have been revoked. */
export const LIFETIME_MS = 600_000;
/** First lines of a stream: after how many milliseconds a browser connects again. */
export const RETRY_LINES = 'retry: 1000\n\n';

/** Headers of a stream of events. */
export function beginEvents(reply: FastifyReply): void {
  reply
    .type('text/event-stream; charset=utf-8')
    .header('Cache-Control', 'no-cache, no-transform')
    .header('X-Accel-Buffering', 'no'); // nginx would keep events until its buffer is full
}

/** One Server-Sent Event (HTML, section 9.2.6); without an id there is no place to go on from. JSON has no line breaks of its own. */
export function eventLines({
  id,
  kind,
  data,
}: {
  readonly id?: string;
  readonly kind: string;
  readonly data: unknown;
}): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The id of an event as it is sent: `17`, or `17.3` for the third part of it. */
export function eventId({ seq, items }: EventPosition): string {
  return items === undefined ? String(seq) : `${seq}.${items}`;
}

/** The place that an id names; it has the form that the contract asks for. */
export function eventPosition(id: string): EventPosition {
  const [seq, items] = id.split('.').map(Number);
  return items === undefined ? { seq: seq ?? 0 } : { seq: seq ?? 0, items };
}

/**
 * Writes blocks of text as they come, comments in between. No more is taken from `blocks` than the reader takes: the rest waits in
 * the database. Gives false when the reader took nothing for `patienceMs`.
 */
export async function pump(
  blocks: AsyncIterable<string>,
  stream: Writable,
  { signal, patienceMs }: { readonly signal: AbortSignal; readonly patienceMs: number },
): Promise<boolean> {
  const heartbeat = setInterval(() => {
    if (!stream.writableNeedDrain) stream.write(':\n\n');
  }, HEARTBEAT_MS);
  try {
    for await (const block of blocks) {
      if (stream.write(block) || signal.aborted) continue;
      const patience = AbortSignal.timeout(patienceMs);
      await once(stream, 'drain', { signal: AbortSignal.any([signal, patience]) }).catch(() => {});
      if (stream.writableNeedDrain) return signal.aborted;
    }
    return true;
  } finally {
    clearInterval(heartbeat);
  }
}
