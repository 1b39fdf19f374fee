/** As many characters as the service takes. */
const LONGEST = 1000;

/** What is told of an end: whatever the text is, one that the service takes, which U+0000, half a character and nothing at all are not. */
export function reasonFrom(cause: unknown): string {
  const text = [...String(cause).slice(0, 2 * LONGEST)].slice(0, LONGEST).join('');
  return text === '' ? 'no reason was given' : text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
