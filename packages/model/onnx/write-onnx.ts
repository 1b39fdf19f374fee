import type { InputEncoding, TrainedLayer, TrainedModel } from '@caviar/spec';
import { modelCard } from '../model-card.js';
import { GraphBuilder, type GraphOutput, TYPES } from './graph.js';

/**
 * The network as an ONNX model (operator set 17). Input `features`, float [rows, columns]: numbers as they are, a category as its
 * position among the column's `categories` (see `columns` in the metadata; -1 for any other), NaN for a missing value. Everything
 * from there is inside: what is filled in, one-hot, normalisation, the layers, the head. Outputs: `probabilities` [rows, classes]
 * and `label` [rows], or for a regression `value` [rows, 1].
 */
export function writeOnnx(model: TrainedModel): Uint8Array {
  const graph = new GraphBuilder();
  const encoded = addEncoding(graph, model.encodings);
  let values = addNormalization(graph, encoded, model.normalization);
  model.layers.forEach((layer, l) => {
    values = addLayer(graph, values, { layer, l, slope: model.slopeOfLeakyRelu });
  });
  const outputs = addHead(graph, values, model);
  const input = { name: 'features', columns: model.encodings.length };
  return graph.finish({ input, outputs, metadata: modelCard(model) });
}

/** Where an input of the network comes from. */
interface Source {
  readonly column: number;
  readonly kind: 'value' | 'missing' | 'category' | 'other';
  /** Fill of a value, code of a category, greatest code of a column with others. */
  readonly number: number;
}

function sourcesOf(encodings: readonly InputEncoding[]): Source[] {
  return encodings.flatMap((encoding, column): Source[] => {
    if (encoding.kind === 'numeric') {
      const value: Source = { column, kind: 'value', number: encoding.fill ?? Number.NaN };
      return encoding.indicator ? [value, { column, kind: 'missing', number: 0 }] : [value];
    }
    const { categories, other, missing } = encoding;
    return [
      ...categories.map((_, code): Source => ({ column, kind: 'category', number: code })),
      ...(other ? [{ column, kind: 'other', number: categories.length - 1 } as const] : []),
      ...(missing ? [{ column, kind: 'missing', number: 0 } as const] : []),
    ];
  });
}

/** All inputs at once: the column of each is fetched, and then a mask says what is made of it. */
function addEncoding(graph: GraphBuilder, encodings: readonly InputEncoding[]): string {
  const sources = sourcesOf(encodings);
  if (sources.every(({ kind, number }) => kind === 'value' && Number.isNaN(number))) return 'features';
  const constant = (name: string, of: (source: Source) => number) =>
    graph.constant(name, Float32Array.from(sources, of));
  const mask = (name: string, kind: Source['kind']) =>
    graph.constant(
      name,
      Uint8Array.from(sources, (source) => Number(source.kind === kind)),
    );
  const columns = graph.constant(
    'input_columns',
    BigInt64Array.from(sources, ({ column }) => BigInt(column)),
  );
  const numbers = constant('input_numbers', ({ number }) => number);
  const cells = graph.node('Gather', ['features', columns], { ints: { axis: 1 } });
  const isMissing = graph.node('IsNaN', [cells]);
  const toFloat = (name: string) => graph.node('Cast', [name], { ints: { to: TYPES.float } });

  const filled = graph.node('Where', [isMissing, numbers, cells]);
  const isCategory = graph.node('Equal', [cells, numbers]);
  const isBelow = graph.node('Less', [cells, constant('zeros', () => 0)]);
  const isAbove = graph.node('Greater', [cells, numbers]);
  const isOther = graph.node('Or', [isBelow, isAbove]);
  const others = graph.node('Where', [mask('is_other', 'other'), toFloat(isOther), toFloat(isCategory)]);
  const indicators = graph.node('Where', [mask('is_missing', 'missing'), toFloat(isMissing), others]);
  return graph.node('Where', [mask('is_value', 'value'), filled, indicators]);
}

/** In double precision, as in training: a mean may be large beside its sigma. */
function addNormalization(graph: GraphBuilder, inputs: string, { mean, sigma }: TrainedModel['normalization']): string {
  if (mean.every((x) => x === 0) && sigma.every((x) => x === 1)) return inputs;
  const precise = graph.node('Cast', [inputs], { ints: { to: TYPES.double } });
  const centred = graph.node('Sub', [precise, graph.constant('normalization.mean', mean)]);
  const scaled = graph.node('Div', [centred, graph.constant('normalization.sigma', sigma)]);
  return graph.node('Cast', [scaled], { ints: { to: TYPES.float } });
}

function addLayer(
  graph: GraphBuilder,
  inputs: string,
  { layer, l, slope }: { readonly layer: TrainedLayer; readonly l: number; readonly slope: number },
): string {
  const name = `layers.${l}`;
  const { weights, bias, batchNorm, activation } = layer;
  const weight = graph.constant(`${name}.weight`, weights, [layer.inputs, layer.outputs]);
  let values =
    bias === null
      ? graph.node('MatMul', [inputs, weight])
      : graph.node('Gemm', [inputs, weight, graph.constant(`${name}.bias`, bias)]);
  if (batchNorm !== null) {
    const parts = [
      ['weight', batchNorm.gamma],
      ['bias', batchNorm.beta],
      ['running_mean', batchNorm.mean],
      ['running_var', batchNorm.variance],
    ] as const;
    const constants = parts.map(([part, numbers]) => graph.constant(`${name}.norm.${part}`, numbers));
    values = graph.node('BatchNormalization', [values, ...constants], { floats: { epsilon: batchNorm.epsilon } });
  }
  switch (activation) {
    case 'relu':
      return graph.node('Relu', [values]);
    case 'leakyRelu':
      return graph.node('LeakyRelu', [values], { floats: { alpha: slope } });
    case 'tanh':
      return graph.node('Tanh', [values]);
    case 'sigmoid':
      return graph.node('Sigmoid', [values]);
    case 'linear':
    case null:
      return values;
  }
}

function addHead(graph: GraphBuilder, z: string, { head, dataset, layers }: TrainedModel): GraphOutput[] {
  if (head === 'squaredError') {
    graph.node('Identity', [z], { as: 'value' });
    return [{ name: 'value', type: 'float', shape: [null, 1] }];
  }
  const classes = dataset.classNames?.length ?? layers.at(-1)!.outputs;
  if (head === 'softmax') graph.node('Softmax', [z], { ints: { axis: 1 }, as: 'probabilities' });
  else {
    // 1 - sigmoid(z) is sigmoid(-z), which loses no digits where it is small.
    const second = graph.node('Sigmoid', [z]);
    const first = graph.node('Sigmoid', [graph.node('Neg', [z])]);
    graph.node('Concat', [first, second], { ints: { axis: 1 }, as: 'probabilities' });
  }
  graph.node('ArgMax', ['probabilities'], { ints: { axis: 1, keepdims: 0 }, as: 'label' });
  return [
    { name: 'probabilities', type: 'float', shape: [null, classes] },
    { name: 'label', type: 'int64', shape: [null] },
  ];
}
