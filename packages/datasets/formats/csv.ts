/** How a CSV text is laid out. */
export interface CsvOptions {
  /** Between fields; one character. */
  readonly delimiter?: string;
}

/** A text that is not a table: the message says in which line. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

/** Called with the fields of a record and the line that it begins in, from 1. */
export type OnRecord = (fields: string[], line: number) => void;

/** A record that goes on for longer is a quote that was never closed. */
const MAX_RECORD = 16 * 1024 * 1024;

/**
 * Splits a CSV text into records of fields (RFC 4180: quoted fields may hold delimiters, line breaks and doubled
 * quotes; LF and CRLF both end a record). Blank lines are skipped. Throws CsvError for an open quote.
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
  readonly #delimiter: string;
  /** Text from the beginning of an unfinished record on, and the line of that beginning. */
  #rest = '';
  #line = 1;
  #isFirst = true;

  constructor(onRecord: OnRecord, { delimiter = ',' }: CsvOptions = {}) {
    this.#onRecord = onRecord;
    this.#delimiter = delimiter;
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
      if (!(fields.length === 1 && fields[0] === '')) this.#onRecord(fields, this.#line);
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
    const delimiter = this.#delimiter;
    const fields: string[] = [];
    let position = start;
    let lines = 0;
    for (;;) {
      if (body[position] === '"') {
        const quoted = this.#readQuoted(body, position, this.#line + lines, isEnd);
        if (quoted === null) return null;
        fields.push(quoted.field);
        position = quoted.end;
        lines += quoted.lines;
      } else {
        let end = position;
        while (end < body.length && body[end] !== delimiter && body[end] !== '\n') end++;
        const isCrLf = body[end] === '\n' && end > position && body[end - 1] === '\r';
        fields.push(body.slice(position, isCrLf ? end - 1 : end));
        position = isCrLf ? end - 1 : end;
      }
      if (position >= body.length) return isEnd ? { fields, end: position, lines } : null;
      if (body[position] === delimiter) {
        position++;
        continue;
      }
      const breakLength = body[position] === '\r' ? 2 : 1;
      return { fields, end: position + breakLength, lines: lines + 1 };
    }
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
    const isClosed =
      position >= body.length ||
      body[position] === this.#delimiter ||
      body[position] === '\n' ||
      (body[position] === '\r' && body[position + 1] === '\n');
    if (!isClosed) throw new CsvError(`line ${line + lines}: text after a closing quote`);
    return { field, end: position, lines };
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
