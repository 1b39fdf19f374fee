/** How a CSV text is laid out. */
export interface CsvOptions {
  /** Between fields; one character. A blank: any number of them, and of tabs. */
  readonly delimiter?: string;
}

/** A text that is not a table: the message says in which line. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

/** Called with the fields of a record and the line that it begins in, from 1. */
export type OnRecord = (fields: string[], line: number) => void;

/** A record that goes on for longer is a quote that was never closed. */
export const MAX_RECORD = 16 * 1024 * 1024;

/**
 * Splits a CSV text into records of fields (RFC 4180: quoted fields may hold delimiters, line breaks and doubled
 * quotes; LF, CRLF and CR end a record). Blanks around quotes do not count. A blank as delimiter stands for any number of
 * blanks and tabs. Blank lines are skipped. Throws CsvError for an open quote.
 */
export function parseCsv(text: string, options: CsvOptions = {}): string[][] {
  const records: string[][] = [];
  const parser = new CsvParser((fields) => records.push(fields), options);
  parser.push(text);
  parser.end();
  return records;
}

/** The same piece by piece: holds no more of a text than the record that a piece ends in. */
export class CsvParser {
  readonly #onRecord: OnRecord;
  readonly #delimiter: number;
  /** Fields stand apart by any number of blanks and tabs. */
  readonly #isOfBlanks: boolean;
  /** Text from the beginning of an unfinished record on, and the line of that beginning. */
  #rest = '';
  #line = 1;
  #isFirst = true;

  constructor(onRecord: OnRecord, { delimiter = ',' }: CsvOptions = {}) {
    this.#onRecord = onRecord;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#isOfBlanks = delimiter === ' ';
  }

  push(text: string): void {
    const piece = this.#isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
    if (text !== '') this.#isFirst = false;
    this.#rest += piece;
    this.#consume(false);
    if (this.#rest.length > MAX_RECORD) {
      throw new CsvError(`line ${this.#line}: a record of more than ${MAX_RECORD} characters: is a quote not closed?`);
    }
  }

  end(): void {
    this.#consume(true);
  }

  /** Takes whole records off the rest; at the end, the last one without its line break too. */
  #consume(isEnd: boolean): void {
    const body = this.#rest;
    let position = 0;
    for (;;) {
      const record = this.#readRecord(body, position, isEnd);
      if (record === null) break;
      const { fields, end, lines } = record;
      if (!(fields.length === 1 && fields[0]!.trim() === '')) this.#onRecord(fields, this.#line);
      position = end;
      this.#line += lines;
      if (position >= body.length) break;
    }
    this.#rest = body.slice(position);
  }

  /** The record that begins at a position, with where it ends and how many lines it takes; null for an unfinished one. */
  #readRecord(
    body: string,
    start: number,
    isEnd: boolean,
  ): { readonly fields: string[]; readonly end: number; readonly lines: number } | null {
    if (start >= body.length) return null;
    const fields: string[] = [];
    let position = this.#isOfBlanks ? skip(body, start, isBlank) : start;
    let lines = 0;
    for (;;) {
      const text = this.#isOfBlanks ? position : skip(body, position, isSpace);
      if (body.charCodeAt(text) === QUOTE) {
        const quoted = this.#readQuoted(body, text, this.#line + lines, isEnd);
        if (quoted === null) return null;
        fields.push(quoted.field);
        position = quoted.end;
        lines += quoted.lines;
      } else {
        const end = this.#endOfPlain(body, position);
        fields.push(body.slice(position, end));
        position = end;
      }
      if (this.#isOfBlanks) position = skip(body, position, isBlank);
      // What follows a carriage return may still be on its way.
      const isOpen = position + Number(body.charCodeAt(position) === CR) >= body.length;
      if (isOpen && !isEnd) return null;
      if (position >= body.length) return { fields, end: position, lines };
      const code = body.charCodeAt(position);
      if (isBreak(code)) {
        const length = code === CR && body.charCodeAt(position + 1) === LF ? 2 : 1;
        return { fields, end: position + length, lines: lines + 1 };
      }
      if (!this.#isOfBlanks) position++;
    }
  }

  /** Where a field without quotes ends. The one loop that goes through every character. */
  #endOfPlain(body: string, start: number): number {
    const [delimiter, tab] = [this.#delimiter, this.#isOfBlanks ? TAB : this.#delimiter];
    let at = start;
    for (; at < body.length; at++) {
      const code = body.charCodeAt(at);
      if (code === delimiter || code === LF || code === CR || code === tab) break;
    }
    return at;
  }

  #readQuoted(
    body: string,
    start: number,
    line: number,
    isEnd: boolean,
  ): { readonly field: string; readonly end: number; readonly lines: number } | null {
    let field = '';
    let lines = 0;
    let position = start;
    for (;;) {
      const quote = body.indexOf('"', position + 1);
      if (quote < 0) {
        if (!isEnd) return null;
        throw new CsvError(`line ${line}: a quoted field is not closed`);
      }
      const piece = body.slice(position + 1, quote);
      lines += countLines(piece);
      field += piece;
      position = quote + 1;
      // What follows the quote may still be on its way.
      if (!isEnd && position + 1 >= body.length) return null;
      if (body[position] !== '"') break;
      field += '"';
    }
    const end = skip(body, position, isSpace);
    if (end >= body.length && !isEnd) return null;
    const code = body.charCodeAt(end);
    const isClosed =
      end >= body.length || code === this.#delimiter || isBreak(code) || (this.#isOfBlanks && isBlank(code));
    if (!isClosed && !(this.#isOfBlanks && end > position)) {
      throw new CsvError(`line ${line + lines}: text after a closing quote`);
    }
    return { field, end, lines };
  }
}

const [TAB, LF, CR, SPACE, QUOTE] = [9, 10, 13, 32, 34];

const isBreak = (code: number) => code === LF || code === CR;
const isSpace = (code: number) => code === SPACE;
const isBlank = (code: number) => code === SPACE || code === TAB;

/** The first position from a start on whose character is another. */
function skip(body: string, start: number, like: (code: number) => boolean): number {
  let at = start;
  while (at < body.length && like(body.charCodeAt(at))) at++;
  return at;
}

/** Line ends of any kind. */
function countLines(text: string): number {
  let lines = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) lines++;
  }
  return lines;
}
