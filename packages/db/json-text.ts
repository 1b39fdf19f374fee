/**
 * A value as JSON that Postgres can read again. It stores U+0000 and halves of surrogate pairs as JSON escapes them, and then refuses every
 * statement that looks into the document, other rows' with it: so they become U+FFFD. What callers send is checked at the border.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  // Escapes are taken one by one, so that the second backslash of `\\` begins none.
  return text.includes('\\u') ? text.replace(/\\(?:u(?:0000|d[89a-f][0-9a-f]{2})|.)/g, readable) : text;
}

function readable(sequence: string): string {
  return sequence.length > 2 ? '\uFFFD' : sequence;
}
