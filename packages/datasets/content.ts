import type { Dataset, DatasetInfo, FeatureColumn } from '@caviar/spec';

/** `CVDS`, read as a little-endian word. */
const MAGIC = 0x53445643;
const VERSION = 1;
const PREFIX_BYTES = 12;

/** Bytes that are not the content of a data set, or of a version that is not known. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
}

interface Header {
  readonly rows: number;
  readonly features: number;
  /** Names of what is told apart by number; whoever reads it needs `columns` alone. */
  readonly task: string;
  readonly target: string;
  readonly classNames: readonly string[] | null;
  readonly sources: readonly string[] | null;
  readonly image: DatasetInfo['image'];
  readonly testRows: number;
  readonly columns: readonly FeatureColumn[] | null;
  /** How the features lie: bytes where all are whole numbers from 0 to 255, else float32. */
  readonly type: 'u1' | 'f4';
  readonly marks: 'sources' | 'groups' | null;
}

/** Bytes of a piece of content. */
const PIECE = 1024 * 1024;

/**
 * What training reads of a data set, in pieces: magic, version, length of the header (u32 each), the header as JSON padded to
 * a multiple of 4, then features (row-major), targets and sources or groups, little-endian. The same data set gives the same bytes.
 */
export function* contentPieces(dataset: Dataset, target: string): Generator<Uint8Array, void> {
  const { info, features, targets, sources, groups } = dataset;
  const type = features instanceof Uint8Array || features.every(isByte) ? 'u1' : 'f4';
  const header: Header = {
    rows: targets.length,
    features: info.features,
    task: info.task,
    target,
    classNames: info.classNames,
    sources: info.sources?.map(({ name }) => name) ?? null,
    image: info.image,
    testRows: info.testRows ?? 0,
    columns: dataset.columns ?? null,
    type,
    marks: sources !== undefined ? 'sources' : groups !== undefined ? 'groups' : null,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = padded(text.length);
  const bytes = new Uint8Array(PREFIX_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, length, true);
  bytes.fill(0x20, PREFIX_BYTES, PREFIX_BYTES + length);
  bytes.set(text, PREFIX_BYTES);
  yield bytes;
  if (type === 'f4' && features instanceof Float32Array) yield* piecesOf(features);
  else {
    for (let at = 0; at < features.length; at += PIECE) yield Uint8Array.from(features.subarray(at, at + PIECE));
    const rest = padded(features.length) - features.length;
    if (rest > 0) yield new Uint8Array(rest);
  }
  yield* piecesOf(targets);
  const marks = sources ?? groups;
  if (marks !== undefined) yield* piecesOf(marks);
}

function* piecesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Generator<Uint8Array, void> {
  for (let at = 0; at < byteLength; at += PIECE)
    yield new Uint8Array(buffer, byteOffset + at, Math.min(PIECE, byteLength - at));
}

/** The rows again, with what is known of them; they lie in `bytes` where they can. Throws ContentError. */
export function readContent(bytes: Uint8Array, info: DatasetInfo): Dataset {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX_BYTES || view.getUint32(0, true) !== MAGIC) throw new ContentError('is no data set');
  if (view.getUint32(4, true) !== VERSION)
    throw new ContentError(`has version ${view.getUint32(4, true)}, not ${VERSION}`);
  const length = view.getUint32(8, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length))) as Header;
  let offset = PREFIX_BYTES + length;
  const take = (byteLength: number): Uint8Array => {
    if (offset + byteLength > bytes.length) throw new ContentError('is cut off');
    const from = offset;
    offset += padded(byteLength);
    return bytes.subarray(from, from + byteLength);
  };
  const cells = header.rows * header.features;
  const features = header.type === 'u1' ? plain(take(cells)) : wordsOf(take(4 * cells), Float32Array);
  const raw = take(4 * header.rows);
  const targets = header.task === 'regression' ? wordsOf(raw, Float32Array) : wordsOf(raw, Int32Array);
  const columns = header.columns === null ? {} : { columns: header.columns };
  const marks = header.marks === null ? {} : { [header.marks]: wordsOf(take(4 * header.rows), Int32Array) };
  return { info, features, targets, ...columns, ...marks };
}

/** A view of the bytes as words; of a copy where they do not begin at a multiple of a word's length. */
function wordsOf<Words extends Float32Array | Int32Array>(
  bytes: Uint8Array,
  Words: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Words,
): Words {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Words(buffer, byteOffset, length / 4);
}

/** The same bytes without what Node's Buffer adds to them: some of its methods are others. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

function isByte(x: number): boolean {
  return x >= 0 && x <= 255 && Number.isInteger(x);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
