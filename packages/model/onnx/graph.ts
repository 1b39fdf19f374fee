import { Message } from './protobuf.js';

/** Field numbers are those of onnx.proto (onnx/onnx.proto3, IR version 8). */

/** TensorProto.DataType. */
export const TYPES = { float: 1, int64: 7, bool: 9, double: 11 } as const;

/** IR version 8 goes with operator set 17. */
const IR_VERSION = 8;
const OPSET = 17;

export interface GraphOutput {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  /** Null: as many as there are rows. */
  readonly shape: readonly (number | null)[];
}

/** A graph that is put together node by node; names of values are made as they come. */
export class GraphBuilder {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  #count = 0;

  /** Adds a node and gives the name of its output. Attributes are whole numbers or (`f`) floats. */
  node(
    op: string,
    inputs: readonly string[],
    {
      ints = {},
      floats = {},
      as,
    }: { ints?: Record<string, number>; floats?: Record<string, number>; as?: string } = {},
  ): string {
    const output = as ?? `${op.toLowerCase()}_${this.#count++}`;
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    node.text(2, output).text(3, `node_${output}`).text(4, op);
    for (const [name, value] of Object.entries(ints))
      node.bytes(5, new Message().text(1, name).int(3, value).int(20, 2));
    for (const [name, value] of Object.entries(floats)) {
      node.bytes(5, new Message().text(1, name).float(2, value).int(20, 1));
    }
    this.#nodes.push(node);
    return output;
  }

  /** Adds a constant tensor and gives its name. */
  constant(
    name: string,
    values: Float32Array | Float64Array | BigInt64Array | Uint8Array,
    shape: readonly number[] = [values.length],
  ): string {
    const tensor = new Message();
    for (const extent of shape) tensor.int(1, extent);
    tensor
      .int(2, typeOf(values))
      .text(8, name)
      .bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.#initializers.push(tensor);
    return name;
  }

  /** The model: one input of floats [rows, columns], outputs, and what is said of it. */
  finish({
    input,
    outputs,
    metadata,
  }: {
    readonly input: { readonly name: string; readonly columns: number };
    readonly outputs: readonly GraphOutput[];
    readonly metadata: Readonly<Record<string, string>>;
  }): Uint8Array {
    const graph = new Message();
    for (const node of this.#nodes) graph.bytes(1, node);
    graph.text(2, 'network');
    for (const initializer of this.#initializers) graph.bytes(5, initializer);
    graph.bytes(11, valueInfo({ name: input.name, type: 'float', shape: [null, input.columns] }));
    for (const output of outputs) graph.bytes(12, valueInfo(output));
    const model = new Message().int(1, IR_VERSION).text(2, 'caviar').bytes(7, graph);
    model.bytes(8, new Message().text(1, '').int(2, OPSET));
    for (const [key, value] of Object.entries(metadata)) model.bytes(14, new Message().text(1, key).text(2, value));
    return model.finish();
  }
}

function typeOf(values: Float32Array | Float64Array | BigInt64Array | Uint8Array): number {
  if (values instanceof Float32Array) return TYPES.float;
  if (values instanceof Float64Array) return TYPES.double;
  return values instanceof BigInt64Array ? TYPES.int64 : TYPES.bool;
}

function valueInfo({ name, type, shape }: GraphOutput): Message {
  const dimensions = new Message();
  for (const extent of shape) {
    dimensions.bytes(1, extent === null ? new Message().text(2, 'rows') : new Message().int(1, extent));
  }
  const tensor = new Message().int(1, TYPES[type]).bytes(2, dimensions);
  return new Message().text(1, name).bytes(2, new Message().bytes(1, tensor));
}
