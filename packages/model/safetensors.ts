import type { TrainedLayer, TrainedModel } from '@caviar/spec';
import { modelCard } from './model-card.js';

/** Bytes that hold no network of ours. */
export class ModelFormatError extends Error {
  override readonly name = 'ModelFormatError';
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/**
 * The network as a safetensors file: length of the header (u64), the header as JSON padded to a multiple of 8, then the tensors,
 * little-endian. Names and shapes are PyTorch's: `layers.0.weight` is [outputs, inputs], batch norm has `weight`, `bias`,
 * `running_mean`, `running_var`. `__metadata__` has the model card, and as `caviar` all that is not a tensor, so that `readModel`
 * gives the same network back.
 */
export function writeModel(model: TrainedModel): Uint8Array {
  const tensors = tensorsOf(model);
  const { normalization: _, layers, ...rest } = model;
  const structure = layers.map(({ inputs, outputs, activation, bias, batchNorm }) => {
    return { inputs, outputs, activation, hasBias: bias !== null, epsilon: batchNorm?.epsilon ?? null };
  });
  const header: Record<string, unknown> = {
    __metadata__: { ...modelCard(model), format: 'pt', caviar: JSON.stringify({ ...rest, structure }) },
  };
  let end = 0;
  // Those of 8 bytes first, so that all are aligned.
  const ordered = tensors.toSorted((a, b) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT);
  for (const { name, shape, values } of ordered) {
    const dtype = values instanceof Float64Array ? 'F64' : 'F32';
    header[name] = { dtype, shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const { values } of ordered) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** The network of a file that `writeModel` wrote. Throws ModelFormatError. */
export function readModel(bytes: Uint8Array): TrainedModel {
  const { header, data } = readHeader(bytes);
  const { caviar } = (header['__metadata__'] ?? {}) as { readonly caviar?: string };
  if (caviar === undefined) throw new ModelFormatError('has no network of ours in it');
  const { structure, ...rest } = JSON.parse(caviar) as Omit<TrainedModel, 'layers' | 'normalization'> & {
    readonly structure: readonly Structure[];
  };
  const read = (name: string): ArrayBuffer => {
    const entry = header[name] as { readonly data_offsets: readonly [number, number] } | undefined;
    if (entry === undefined || entry.data_offsets[1] > data.length) throw new ModelFormatError(`has no tensor ${name}`);
    const from = data.byteOffset + entry.data_offsets[0];
    return data.buffer.slice(from, data.byteOffset + entry.data_offsets[1]) as ArrayBuffer;
  };
  const floats = (name: string) => new Float32Array(read(name));
  const layers = structure.map(({ inputs, outputs, activation, hasBias, epsilon }, l): TrainedLayer => {
    return {
      inputs,
      outputs,
      activation,
      weights: transposed(floats(`layers.${l}.weight`), outputs, inputs),
      bias: hasBias ? floats(`layers.${l}.bias`) : null,
      batchNorm:
        epsilon === null
          ? null
          : {
              gamma: floats(`layers.${l}.norm.weight`),
              beta: floats(`layers.${l}.norm.bias`),
              mean: floats(`layers.${l}.norm.running_mean`),
              variance: floats(`layers.${l}.norm.running_var`),
              epsilon,
            },
    };
  });
  const [mean, sigma] = [new Float64Array(read('normalization.mean')), new Float64Array(read('normalization.sigma'))];
  return { ...rest, normalization: { mean, sigma }, layers };
}

interface Structure extends Pick<TrainedLayer, 'inputs' | 'outputs' | 'activation'> {
  readonly hasBias: boolean;
  readonly epsilon: number | null;
}

function readHeader(bytes: Uint8Array): {
  readonly header: Readonly<Record<string, unknown>>;
  readonly data: Uint8Array;
} {
  const length = bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length === 0 || 8 + length > bytes.length) throw new ModelFormatError('is not a safetensors file');
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
    return { header, data: bytes.subarray(8 + length) };
  } catch {
    throw new ModelFormatError('is not a safetensors file');
  }
}

function tensorsOf({ normalization, layers }: TrainedModel): Tensor[] {
  const vector = (name: string, values: Float32Array | Float64Array): Tensor => ({
    name,
    shape: [values.length],
    values,
  });
  return [
    vector('normalization.mean', normalization.mean),
    vector('normalization.sigma', normalization.sigma),
    ...layers.flatMap(({ inputs, outputs, weights, bias, batchNorm }, l) => {
      const name = `layers.${l}`;
      const weight = { name: `${name}.weight`, shape: [outputs, inputs], values: transposed(weights, inputs, outputs) };
      return [
        weight,
        ...(bias === null ? [] : [vector(`${name}.bias`, bias)]),
        ...(batchNorm === null
          ? []
          : [
              vector(`${name}.norm.weight`, batchNorm.gamma),
              vector(`${name}.norm.bias`, batchNorm.beta),
              vector(`${name}.norm.running_mean`, batchNorm.mean),
              vector(`${name}.norm.running_var`, batchNorm.variance),
            ]),
      ];
    }),
  ];
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c]!;
  return result;
}
