import type { DatasetMeta } from '@caviar/spec';
import { parseIdx } from '../formats/idx.js';
import { FormatError, type NdArray } from '../formats/nd-array.js';
import { parseNpy } from '../formats/npy.js';
import { IngestError } from './ingest-error.js';
import { readWhole } from './open-file.js';
import type { FileField, IngestLimits, UploadedFile } from './upload.js';

/** An array and the part of the upload that it comes from. */
export interface NamedArray extends NdArray {
  readonly field: string;
}

export interface ArrayParts {
  readonly features: NamedArray;
  readonly labels: NamedArray;
  readonly testFeatures: NamedArray | null;
  readonly testLabels: NamedArray | null;
}

type Part = Exclude<FileField, 'file'>;

/** Names of arrays in an NPZ file, as people give them. */
const NAMES: Readonly<Record<Part, readonly string[]>> = {
  features: ['features', 'x_train', 'X_train', 'X', 'x', 'data'],
  labels: ['labels', 'y_train', 'y', 'target', 'targets'],
  testFeatures: ['testFeatures', 'x_test', 'X_test'],
  testLabels: ['testLabels', 'y_test'],
};

/** The arrays of IDX or NPY files, one each. Throws IngestError. */
export async function readArrayFiles(
  files: readonly UploadedFile[],
  format: Extract<DatasetMeta['format'], 'idx' | 'npy'>,
  limits: IngestLimits,
): Promise<ArrayParts> {
  const parse = format === 'idx' ? parseIdx : parseNpy;
  const read = async (part: Part): Promise<NamedArray | null> => {
    const file = files.find(({ field }) => field === part);
    return file === undefined ? null : parseAs(part, parse, await readWhole(file, limits));
  };
  return complete({
    features: await read('features'),
    labels: await read('labels'),
    testFeatures: await read('testFeatures'),
    testLabels: await read('testLabels'),
  });
}

/** The arrays of an NPZ file, by their names. Throws IngestError. */
export async function readNpz(file: UploadedFile, limits: IngestLimits): Promise<ArrayParts> {
  const { unzipSync } = await import('fflate');
  const bytes = await readWhole(file, limits);
  const refuse = (message: string, isTooLarge = false) => new IngestError([file.field], message, isTooLarge);
  if (bytes.toString('latin1', 0, 2) !== 'PK') throw refuse('is not an NPZ file: it does not begin with PK');
  let unpacked = 0;
  const names: string[] = [];
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, {
      filter({ name, originalSize }) {
        names.push(name.replace(/\.npy$/, ''));
        unpacked += originalSize;
        if (unpacked > limits.unpackedBytes) throw refuse(`unpacks to more than ${limits.unpackedBytes} bytes`, true);
        return name.endsWith('.npy');
      },
    });
  } catch (error) {
    if (error instanceof IngestError) throw error;
    throw refuse(`is not a whole NPZ file (${error instanceof Error ? error.message : String(error)})`);
  }
  const find = (part: Part): NamedArray | null => {
    const name = NAMES[part].find((candidate) => Object.hasOwn(entries, `${candidate}.npy`));
    return name === undefined ? null : parseAs(file.field, parseNpy, entries[`${name}.npy`]!, `${name}: `);
  };
  const parts = {
    features: find('features'),
    labels: find('labels'),
    testFeatures: find('testFeatures'),
    testLabels: find('testLabels'),
  };
  for (const part of ['features', 'labels'] as const) {
    if (parts[part] !== null) continue;
    throw refuse(`has no array ${NAMES[part].join(' or ')}; it has ${names.join(', ') || 'none'}`);
  }
  return complete(parts);
}

function parseAs(field: string, parse: (bytes: Uint8Array) => NdArray, bytes: Uint8Array, name = ''): NamedArray {
  try {
    return { ...parse(bytes), field };
  } catch (error) {
    if (error instanceof FormatError) throw new IngestError([field], `${name}${error.message}`);
    throw error;
  }
}

function complete(parts: Readonly<Record<Part, NamedArray | null>>): ArrayParts {
  const { features, labels, testFeatures, testLabels } = parts;
  if (features === null) throw new IngestError(['features'], 'is missing');
  if (labels === null) throw new IngestError(['labels'], 'is missing');
  if (testFeatures === null && testLabels !== null) throw new IngestError(['testFeatures'], 'is missing');
  if (testLabels === null && testFeatures !== null) throw new IngestError(['testLabels'], 'is missing');
  return { features, labels, testFeatures, testLabels };
}
