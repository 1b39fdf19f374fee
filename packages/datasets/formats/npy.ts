import { ELEMENT_TYPES, type ElementType, FormatError, type NdArray, product, readElements } from './nd-array.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads a NumPy array file, versions 1 to 3 (NumPy Enhancement Proposal 1): numbers and booleans of either byte order, C or
 * Fortran order. The result is row-major. Throws FormatError.
 */
export function parseNpy(bytes: Uint8Array): NdArray {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw new FormatError('is not an NPY file');
  const version = bytes[6];
  if (version === undefined || version < 1 || version > 3) throw new FormatError(`has the unknown version ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw new FormatError('ends within its header');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const header = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + length));
  const { order, type, fortran, shape } = parseHeader(header);
  const values = readElements(bytes, {
    type,
    offset: start + length,
    count: product(shape),
    littleEndian: order !== '>',
  });
  return { shape, values: fortran ? rowMajor(values, shape) : values };
}

/** The header is a Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseHeader(header: string): {
  readonly order: string;
  readonly type: ElementType;
  readonly fortran: boolean;
  readonly shape: number[];
} {
  if (/'descr':\s*\[/.test(header)) throw new FormatError('has records of several fields; plain numbers are needed');
  const descr = /'descr':\s*'([<>|=])([a-zA-Z]\d*)'/.exec(header);
  const fortran = /'fortran_order':\s*(True|False)/.exec(header);
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header);
  if (descr === null || fortran === null || shape === null) {
    throw new FormatError(`has a header that is not understood: ${header.trim()}`);
  }
  const name = descr[2] === 'b1' ? 'u1' : descr[2]!;
  if (!Object.hasOwn(ELEMENT_TYPES, name))
    throw new FormatError(`has values of type ${name}, which are not supported: integers, floats and booleans are`);
  return {
    order: descr[1]!,
    type: ELEMENT_TYPES[name as keyof typeof ELEMENT_TYPES],
    fortran: fortran[1] === 'True',
    shape: (shape[1]!.match(/\d+/g) ?? []).map(Number),
  };
}

/** From first index fastest to last index fastest. */
function rowMajor(values: ArrayLike<number>, shape: readonly number[]): Float64Array {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape) {
    strides.push(stride);
    stride *= extent;
  }
  const result = new Float64Array(values.length);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < result.length; i++) {
    result[i] = values[index.reduce((sum, x, d) => sum + x * strides[d]!, 0)]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d] = index[d]! + 1;
      if (index[d]! < shape[d]!) break;
      index[d] = 0;
    }
  }
  return result;
}
