/** How a CSV text is laid out. */
export interface CsvOptions {
  /** Between fields; one character. */
  readonly delimiter?: string;
}

/** A text that is not a table: the message says in which line. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

/**
 * Splits a CSV text into records of fields (RFC 4180: quoted fields may hold delimiters, line breaks and doubled
 * quotes; LF and CRLF both end a record). Blank lines are skipped. Throws CsvError for an open quote.
 */
export function parseCsv(text: string, { delimiter = ',' }: CsvOptions = {}): string[][] {
  const records: string[][] = [];
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let record: string[] = [];
  let position = 0;
  let line = 1;
  const endRecord = (): void => {
    const blank = record.length === 0 || (record.length === 1 && record[0] === '');
    if (!blank) records.push(record);
    record = [];
  };
  while (position < body.length) {
    if (body[position] === '"') {
      const opened = line;
      let field = '';
      for (;;) {
        const quote = body.indexOf('"', position + 1);
        if (quote < 0) throw new CsvError(`line ${opened}: a quoted field is not closed`);
        const piece = body.slice(position + 1, quote);
        line += countLines(piece);
        field += piece;
        position = quote + 1;
        if (body[position] !== '"') break;
        field += '"';
      }
      record.push(field);
      if (position < body.length && !isBreak(body, position) && body[position] !== delimiter) {
        throw new CsvError(`line ${line}: text after a closing quote`);
      }
    } else {
      let end = position;
      while (end < body.length && body[end] !== delimiter && body[end] !== '\n' && !isCrLf(body, end)) end++;
      record.push(body.slice(position, end));
      position = end;
    }
    if (position >= body.length) break;
    if (body[position] === delimiter) {
      position++;
      // A delimiter at the very end still opens one more, empty, field.
      if (position >= body.length) record.push('');
      else if (isBreak(body, position)) {
        record.push('');
        position += breakLength(body, position);
        line++;
        endRecord();
      }
    } else {
      position += breakLength(body, position);
      line++;
      endRecord();
    }
  }
  endRecord();
  return records;
}

function isCrLf(text: string, at: number): boolean {
  return text[at] === '\r' && text[at + 1] === '\n';
}

function isBreak(text: string, at: number): boolean {
  return text[at] === '\n' || isCrLf(text, at);
}

function breakLength(text: string, at: number): number {
  return text[at] === '\n' ? 1 : 2;
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
