const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ASCII = /^[\x20-\x7e]*$/;
/** What terminals draw two columns wide: the scripts of East Asia, full-width forms, and pictures. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;
const NO_ROOM = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with a control character
const COLOUR_OR_CONTROL = /\x1b\[[0-9;]*m|[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const FIRST_PICTURE = 0x2400; // ␀, the first of the pictures of control characters

/** What a reader sees as one sign, each with the columns that it takes. */
export function cellsOf(text: string): readonly (readonly [sign: string, columns: number])[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => [segment, columnsOfSign(segment)] as const);
}

/** Columns that a text takes on the screen. It has no escapes. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return cellsOf(text).reduce((sum, [, columns]) => sum + columns, 0);
}

function columnsOfSign(sign: string): number {
  if (WIDE.test(sign)) return 2;
  return NO_ROOM.test(sign) ? 0 : 1;
}

/**
 * A line with nothing in it that moves the cursor, ends the line or turns the direction of writing: names are other people's words.
 * Colours stay.
 */
export function harmless(line: string): string {
  return line.replace(COLOUR_OR_CONTROL, (found) => {
    if (found.length > 1) return found;
    const code = found.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(FIRST_PICTURE + code) : '\ufffd';
  });
}
