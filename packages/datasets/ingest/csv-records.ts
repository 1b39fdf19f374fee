import { isUtf8 } from 'node:buffer';
import type { DatasetMeta } from '@caviar/spec';
import { CsvError, CsvParser } from '../formats/csv.js';
import { IngestError } from './ingest-error.js';
import { eachChunk } from './open-file.js';
import { cellOf, numberOf, type Records } from './records.js';
import type { IngestLimits, UploadedFile } from './upload.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Text and records that the layout is judged by. */
const SAMPLE_CHARACTERS = 256 * 1024;
const SAMPLE_RECORDS = 50;

/** A CSV file as records; what is not said of its layout is found out by its beginning. Throws IngestError. */
export async function openCsv(
  file: UploadedFile,
  { delimiter: given, header: saysHeader }: Pick<DatasetMeta, 'delimiter' | 'header'>,
  limits: IngestLimits,
): Promise<Records> {
  const sample = await readSample(file, limits);
  const delimiter = given ?? findDelimiter(sample);
  const [first = [], ...others] = sampleRecords(sample, delimiter);
  if (first.length === 0) throw new IngestError([file.field], 'has no rows');
  const hasHeader = saysHeader ?? isHeader(first, others);
  const names = first.map((field, c) => (hasHeader && field.trim() !== '' ? field.trim() : `column ${c + 1}`));
  return {
    field: file.field,
    names,
    unit: 'line',
    async each(visit) {
      let isHeader = hasHeader;
      await eachRecord(file, { delimiter, limits }, (fields, line) => {
        if (fields.length !== names.length) {
          throw new IngestError(
            [file.field],
            `line ${line} has ${fields.length} fields, not ${names.length}: ${oddField(fields, names)}`,
          );
        }
        if (isHeader) isHeader = false;
        else visit(fields.map(cellOf), line);
      });
    },
  };
}

/** The first field that has no column, or the first column that has no field. */
function oddField(fields: readonly string[], names: readonly string[]): string {
  const extra = fields[names.length];
  if (extra === undefined) return `there is none for "${names[fields.length]}"`;
  return `${JSON.stringify(extra.slice(0, 40))} is too many`;
}

/**
 * A header has no numbers. It may have gaps, as tables have that were written with their row numbers, where a column beside them shows
 * that it is one: a word above numbers.
 */
function isHeader(first: readonly string[], others: readonly (readonly string[])[]): boolean {
  if (first.every(isWord)) return true;
  if (!first.every((field) => isWord(field) || field.trim() === '')) return false;
  return first.some((field, c) => {
    const cells = others.flatMap((record) => cellOf(record[c] ?? '') ?? []);
    return isWord(field) && cells.length > 0 && cells.every((cell) => numberOf(cell) !== null);
  });
}

function isWord(field: string): boolean {
  const cell = cellOf(field);
  return cell !== null && numberOf(cell) === null;
}

/** The delimiter that cuts the first records into the most fields, the same number in all of them. */
function findDelimiter(sample: string): string {
  const widths = DELIMITERS.map((delimiter) => {
    const records = sampleRecords(sample, delimiter);
    const [first = []] = records;
    const agree = records.filter(({ length }) => length === first.length).length;
    return first.length > 1 ? first.length * (agree === records.length ? 1000 : agree / records.length) : 0;
  });
  return DELIMITERS[widths.indexOf(Math.max(...widths))] ?? ',';
}

/** The first records; those before an error, which shows when the file is read. */
function sampleRecords(sample: string, delimiter: string): string[][] {
  const records: string[][] = [];
  const parser = new CsvParser((fields) => records.length < SAMPLE_RECORDS && records.push(fields), { delimiter });
  try {
    parser.push(sample);
    // Of a longer text the last record is not whole.
    if (sample.length < SAMPLE_CHARACTERS) parser.end();
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  return records;
}

async function readSample(file: UploadedFile, limits: IngestLimits): Promise<string> {
  const enough = new Error('enough');
  let sample = '';
  try {
    await eachText(file, limits, (text) => {
      sample += text;
      if (sample.length >= SAMPLE_CHARACTERS) throw enough;
    });
  } catch (error) {
    if (error !== enough) throw error;
  }
  return sample.startsWith('\uFEFF') ? sample.slice(1) : sample;
}

async function eachRecord(
  file: UploadedFile,
  { delimiter, limits }: { readonly delimiter: string; readonly limits: IngestLimits },
  onRecord: (fields: string[], line: number) => void,
): Promise<void> {
  const parser = new CsvParser(onRecord, { delimiter });
  try {
    await eachText(file, limits, (text) => parser.push(text));
    parser.end();
  } catch (error) {
    if (error instanceof CsvError) throw new IngestError([file.field], error.message);
    throw error;
  }
}

async function eachText(file: UploadedFile, limits: IngestLimits, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let [offset, lines] = [0, 1];
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      const line = lines + (chunk === undefined ? 0 : linesBeforeOddByte(chunk));
      throw new IngestError([file.field], `line ${line} is not UTF-8 text (Latin-1?): save the file as UTF-8`);
    }
  };
  await eachChunk(file, limits, (chunk) => {
    const zero = chunk.indexOf(0);
    if (zero >= 0) {
      throw new IngestError(
        [file.field],
        `is not a CSV text: byte ${offset + zero} is 0 (is it UTF-16, or another format?)`,
      );
    }
    const text = decode(chunk);
    offset += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    take(text);
  });
  take(decode());
}

/** Line ends of a piece before its first byte that is no UTF-8. */
function linesBeforeOddByte(chunk: Buffer): number {
  let [lines, start] = [0, 0];
  for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
    // the rest of a letter may stand at the very beginning: it belongs to the piece before
    const line = chunk.subarray(start === 0 ? restOfLetter(chunk) : start, end);
    if (!isUtf8(line)) return lines;
    lines++;
    start = end + 1;
  }
  return lines;
}

function restOfLetter(chunk: Buffer): number {
  let at = 0;
  while (at < 3 && (chunk[at]! & 0xc0) === 0x80) at++;
  return at;
}
