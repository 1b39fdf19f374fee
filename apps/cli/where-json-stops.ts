/** The line at which the parser stopped, with a mark under the place. */
export function whereJsonStops(text: string, { message }: Error): string[] {
  const position = placeOf(text, message);
  const before = text.slice(0, position).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length;
  const shown = text.split('\n')[line - 1]?.replace(/\r$/, '') ?? '';
  const isComment = /^(\/\/|\/\*|#)/.test(text.slice(position));
  const reason = message.replace(/ in JSON at position.*$/s, '').replace(/, (?:\.\.\.)?".*$/s, '');
  const margin = `${line} | `;
  return [
    `line ${line}, column ${column + 1}: ${isComment ? 'JSON has no comments' : reason}`,
    `${margin}${shown}`,
    `${' '.repeat(margin.length + column)}^`,
  ];
}

/**
 * Where the parser stopped. Of a token that it did not expect it does not say so. All that is before that token is the beginning of
 * some JSON, for which only an end is missing: so the place is found by halving.
 */
function placeOf(text: string, message: string): number {
  const [, told] = /at position (\d+)/.exec(message) ?? [];
  if (told !== undefined) return Number(told);
  if (!isUnexpectedToken(text)) return text.trimEnd().length;
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUnexpectedToken(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return bad - 1;
}

function isUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    const { message } = error as Error;
    const [, told] = /at position (\d+)/.exec(message) ?? [];
    return told === undefined ? message.startsWith('Unexpected token') : Number(told) < text.length;
  }
}
