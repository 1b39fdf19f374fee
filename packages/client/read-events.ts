/** A Server-Sent Event; `id` is the newest id that was sent so far. */
export interface SentEvent {
  readonly id: string;
  readonly kind: string;
  readonly data: string;
}

/**
 * Reads a stream of Server-Sent Events (HTML, section 9.2.6): lines end with LF, CR or CRLF, a blank one ends an event, one that
 * begins with a colon is a comment. An event that is cut off is left out.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<SentEvent, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let fields = { id: '', kind: '', data: [] as string[] };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      // The CR at the very end may be the first half of a CRLF.
      const end = text.endsWith('\r') ? text.length - 1 : text.length;
      const lines = text.slice(0, end).split(/\r\n|\n|\r/);
      text = `${lines.pop()}${text.slice(end)}`;
      for (const line of lines) {
        if (line !== '') {
          fields = withLine(fields, line);
          continue;
        }
        const { id, kind, data } = fields;
        if (data.length > 0) yield { id, kind: kind === '' ? 'message' : kind, data: data.join('\n') };
        fields = { id, kind: '', data: [] };
      }
    }
  } finally {
    // Also when the caller has had enough: the connection is given back.
    await reader.cancel().catch(() => {});
  }
}

interface Fields {
  readonly id: string;
  readonly kind: string;
  readonly data: string[];
}

function withLine(fields: Fields, line: string): Fields {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'id') return { ...fields, id: value };
  if (name === 'event') return { ...fields, kind: value };
  if (name === 'data') return { ...fields, data: [...fields.data, value] };
  return fields;
}
