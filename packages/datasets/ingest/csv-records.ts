import { isUtf8 } from 'node:buffer';
import type { DatasetMeta } from '@caviar/spec';
import { CsvError, CsvParser, MAX_RECORD } from '../formats/csv.js';
import { isHeader } from './csv-header.js';
import { nameOfBytes, nameOfText } from './file-kinds.js';
import { IngestError } from './ingest-error.js';
import { eachChunk } from './open-file.js';
import { cellOf, type Records } from './records.js';
import type { IngestLimits, UploadedFile } from './upload.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Text and records that the layout is judged by. */
const SAMPLE_CHARACTERS = 256 * 1024;
const SAMPLE_RECORDS = 50;
/** A header of many columns may be longer than the sample: it goes on for so many lines at least. */
const SAMPLE_LINES = 10;
/** What Excel writes before the first line, and takes the delimiter from. */
const SEPARATOR_LINE = /^sep=(.)\r?(?:\n|$)/i;

/** A CSV file as records; what is not said of its layout is found out by its beginning. Throws IngestError. */
export async function openCsv(
  file: UploadedFile,
  { delimiter: given, header: saysHeader }: Pick<DatasetMeta, 'delimiter' | 'header'>,
  limits: IngestLimits,
): Promise<Records> {
  const sample = await readSample(file, limits);
  const stranger = nameOfText(sample.text);
  if (stranger !== null) throw new IngestError([file.field], `is no CSV text, but ${stranger}`);
  const separator = SEPARATOR_LINE.exec(sample.text)?.[1];
  const delimiter = given ?? separator ?? findDelimiter(sample);
  const [first = [], ...others] = sampleRecords(sample, delimiter).slice(separator === undefined ? 0 : 1);
  if (first.length === 0) throw new IngestError([file.field], 'has no rows');
  if (first.length === 1 && given === undefined) {
    throw new IngestError(
      [file.field],
      `has one column only, ${JSON.stringify(first[0]!.slice(0, 80))}: where another character than comma, semicolon, tab, bar or blank parts the fields, name it as delimiter`,
    );
  }
  const hasHeader = saysHeader ?? isHeader(first, others);
  const names = first.map((field, c) => (hasHeader && field.trim() !== '' ? field.trim() : `column ${c + 1}`));
  return {
    field: file.field,
    names,
    unit: 'line',
    async each(visit) {
      let before = Number(hasHeader) + Number(separator !== undefined);
      await eachRecord(file, { delimiter, limits }, (fields, line) => {
        if (before > 0) before--;
        else {
          if (fields.length !== names.length) {
            throw new IngestError(
              [file.field],
              `line ${line} has ${fields.length} fields, not ${names.length}: ${oddField(fields, names)}`,
            );
          }
          visit(fields.map(cellOf), line);
        }
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

/** The delimiter that cuts the first records into the most fields, the same number in all of them. */
function findDelimiter(sample: Sample): string {
  const widths = DELIMITERS.map((delimiter) => score(sample, delimiter));
  const [commas, semicolons, , bars] = widths;
  // Blanks part words too: they are thought of last, where nothing else is in the way.
  const isBare = commas === 0 && semicolons === 0 && bars === 0;
  if (isBare && Math.max(...widths) < AGREED && score(sample, ' ') >= AGREED) return ' ';
  return DELIMITERS[widths.indexOf(Math.max(...widths))] ?? ',';
}

const AGREED = 1000;

/** At least `AGREED` where all records have as many fields, and more than one. */
function score(sample: Sample, delimiter: string): number {
  const records = sampleRecords(sample, delimiter);
  const [first = []] = records;
  const agree = records.filter(({ length }) => length === first.length).length;
  return first.length > 1 ? first.length * (agree === records.length ? AGREED : agree / records.length) : 0;
}

interface Sample {
  readonly text: string;
  readonly isWhole: boolean;
}

/** The first records; those before an error, which shows when the file is read. */
function sampleRecords({ text, isWhole }: Sample, delimiter: string): string[][] {
  const records: string[][] = [];
  const parser = new CsvParser((fields) => records.length < SAMPLE_RECORDS && records.push(fields), { delimiter });
  try {
    parser.push(text);
    // Of a longer text the last record is not whole.
    if (isWhole) parser.end();
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  return records;
}

async function readSample(file: UploadedFile, limits: IngestLimits): Promise<Sample> {
  const enough = new Error('enough');
  let [text, isWhole, lines] = ['', true, 0];
  try {
    await eachText(file, limits, (piece) => {
      text += piece;
      for (const character of piece) lines += Number(character === '\n' || character === '\r');
      if (text.length < SAMPLE_CHARACTERS || (lines < SAMPLE_LINES && text.length < MAX_RECORD)) return;
      isWhole = false;
      throw enough;
    });
  } catch (error) {
    if (error !== enough) throw error;
  }
  return { text: text.startsWith('\uFEFF') ? text.slice(1) : text, isWhole };
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
    const stranger = offset === 0 ? nameOfBytes(chunk) : null;
    if (stranger !== null) throw new IngestError([file.field], `is no CSV text, but ${stranger}`);
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
