import { recordsOfColumns } from './column-records.js';
import { IngestError } from './ingest-error.js';
import { readWhole } from './open-file.js';
import type { Records } from './records.js';
import type { IngestLimits, UploadedFile } from './upload.js';

/** An Arrow file (Feather version 2) or stream as records. Throws IngestError. */
export async function openArrow(file: UploadedFile, limits: IngestLimits): Promise<Records> {
  const bytes = await readWhole(file, limits);
  const refuse = (message: string, isTooLarge = false) => new IngestError([file.field], message, isTooLarge);
  const isFile = bytes.toString('latin1', 0, 6) === 'ARROW1';
  const isStream = bytes.length >= 8 && bytes.readUInt32LE(0) === 0xffffffff;
  if (!isFile && !isStream) throw refuse('is neither an Arrow file, which begins with ARROW1, nor an Arrow stream');
  if (isFile && bytes.toString('latin1', bytes.length - 6) !== 'ARROW1') {
    throw refuse('does not end with ARROW1, as an Arrow file does: it is cut off');
  }
  const { DataType, tableFromIPC } = await import('apache-arrow');
  const { withCodecs } = await import('./arrow-codecs.js');
  try {
    const table = withCodecs(limits.unpackedBytes, () => tableFromIPC(bytes));
    const { fields } = table.schema;
    const nested = fields.find(
      ({ type }) =>
        DataType.isList(type) ||
        DataType.isFixedSizeList(type) ||
        DataType.isStruct(type) ||
        DataType.isMap(type) ||
        DataType.isUnion(type),
    );
    if (nested !== undefined) {
      throw refuse(`column "${nested.name}" holds lists or structures; a table of plain columns is needed`);
    }
    const rows = table.numRows;
    if (rows * fields.length > limits.cells) {
      throw refuse(`has ${rows} rows of ${fields.length} columns, more than ${limits.cells} cells`, true);
    }
    const columns = fields.map(({ name }, c) => ({ name, values: table.getChildAt(c)! }));
    return recordsOfColumns(file.field, columns, rows);
  } catch (error) {
    if (error instanceof IngestError) throw error;
    if (error instanceof RangeError && error.message.includes('unpacks to more')) throw refuse(error.message, true);
    throw refuse(`cannot be read as Arrow (${error instanceof Error ? error.message : String(error)})`);
  }
}
