import { TrainingInputError } from './job.js';

/** `CVCK`, read as a little-endian word. */
const MAGIC = 0x4b435643;
const VERSION = 1;
/** Magic, version, length of the header. */
const PREFIX_BYTES = 12;

type Values = Float32Array | Float64Array | Int32Array;

/** A run's state: small facts as JSON, arrays as their bytes. */
export interface CheckpointState {
  /** JSON values; numbers must be finite (they come back exactly). */
  readonly header: Readonly<Record<string, unknown>>;
  readonly arrays: readonly Values[];
}

/**
 * One buffer: magic and version (u32 each), length of the header (u32), the header as UTF-8 JSON, then every array's
 * bytes in order. All little-endian.
 */
export function writeCheckpoint({ header, arrays }: CheckpointState): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify({ ...header, lengths: arrays.map((array) => array.length) }));
  const bytes = arrays.reduce((sum, array) => sum + array.byteLength, PREFIX_BYTES + json.length);
  const buffer = new Uint8Array(bytes);
  const view = new DataView(buffer.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, json.length, true);
  buffer.set(json, PREFIX_BYTES);
  let offset = PREFIX_BYTES + json.length;
  for (const array of arrays) {
    buffer.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += array.byteLength;
  }
  return buffer;
}

/** Reads the header, checking that the buffer is a checkpoint of this version. Throws TrainingInputError. */
export function readCheckpointHeader(buffer: Uint8Array): Readonly<Record<string, unknown>> {
  const refuse = (message: string): never => {
    throw new TrainingInputError(['checkpoint'], message);
  };
  if (buffer.length < PREFIX_BYTES) return refuse('is too short to be a checkpoint');
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return refuse('is not a checkpoint');
  const version = view.getUint32(4, true);
  if (version !== VERSION) return refuse(`has version ${version}; this program reads version ${VERSION}`);
  const length = view.getUint32(8, true);
  if (PREFIX_BYTES + length > buffer.length) return refuse('is cut off');
  return JSON.parse(new TextDecoder().decode(buffer.subarray(PREFIX_BYTES, PREFIX_BYTES + length)));
}

/** The bytes of the arrays alone. */
export function checkpointArrays(buffer: Uint8Array): Uint8Array {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  return buffer.subarray(PREFIX_BYTES + view.getUint32(8, true));
}

/** Fills `arrays` with what was written, in the same order. Throws TrainingInputError when they do not fit. */
export function readCheckpointArrays(buffer: Uint8Array, arrays: readonly Values[]): void {
  const lengths = readCheckpointHeader(buffer)['lengths'];
  const fits =
    Array.isArray(lengths) && lengths.length === arrays.length && arrays.every((a, i) => a.length === lengths[i]);
  if (!fits) throw new TrainingInputError(['checkpoint'], 'belongs to a network of another shape');
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let offset = PREFIX_BYTES + view.getUint32(8, true);
  if (arrays.reduce((sum, array) => sum + array.byteLength, offset) !== buffer.length) {
    throw new TrainingInputError(['checkpoint'], 'is cut off');
  }
  for (const array of arrays) {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(
      buffer.subarray(offset, offset + array.byteLength),
    );
    offset += array.byteLength;
  }
}
