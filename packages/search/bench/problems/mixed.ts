import { type Params, spaceSchema } from '@caviar/spec';
import { numberOf, type Problem } from './problem.js';

const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'elu'];
const OPTIMIZERS = ['gd', 'momentum', 'rmsprop', 'adam', 'adagrad'];
const NORMS = ['none', 'batch', 'layer'];

// What each pair adds to the loss: the best of each alone are not the best together.
const ACTIVATION_BY_OPTIMIZER = [
  [0.5, 0.35, 0.3, 0.25, 0.45],
  [0.45, 0.3, 0.4, 0.35, 0.3],
  [0.7, 0.6, 0.5, 0.55, 0.65],
  [0.55, 0.4, 0.05, 0.3, 0.5],
];
const OPTIMIZER_BY_NORM = [
  [0.5, 0.3, 0.35],
  [0.4, 0.2, 0.3],
  [0.35, 0.3, 0.05],
  [0.3, 0.1, 0.2],
  [0.4, 0.35, 0.3],
];
const BEST_LOG_RATE = [-1, -1.5, -3, -2.7, -2];

/** Three choices that depend on each other, and three floats, one of which depends on a choice. */
export const categorical3: Problem = {
  name: 'categorical3',
  space: spaceSchema.parse({
    activation: { kind: 'categorical', choices: ACTIVATIONS },
    optimizer: { kind: 'categorical', choices: OPTIMIZERS },
    norm: { kind: 'categorical', choices: NORMS },
    learningRate: { kind: 'float', min: 1e-5, max: 1, scale: 'log' },
    dropout: { kind: 'float', min: 0, max: 0.8 },
    decay: { kind: 'float', min: 1e-6, max: 1e-1, scale: 'log' },
  }),
  evaluate: (params) => {
    const [a, o, n] = [
      indexIn(ACTIVATIONS, params, 'activation'),
      indexIn(OPTIMIZERS, params, 'optimizer'),
      indexIn(NORMS, params, 'norm'),
    ];
    const rate = (Math.log10(numberOf(params, 'learningRate')) - BEST_LOG_RATE[o]!) / 2.5;
    const dropout = numberOf(params, 'dropout') - (n === 1 ? 0.1 : 0.35);
    const decay = (Math.log10(numberOf(params, 'decay')) + 3.5) / 5;
    return (
      ACTIVATION_BY_OPTIMIZER[a]![o]! +
      OPTIMIZER_BY_NORM[o]![n]! +
      rate * rate +
      dropout * dropout +
      0.5 * decay * decay
    );
  },
  optimum: 0.1,
};

const ALGORITHMS = ['svm', 'forest', 'net'];

/** Three algorithms with params of their own, one of them with a param below a param. */
export const conditional3: Problem = {
  name: 'conditional3',
  space: spaceSchema.parse({
    algorithm: { kind: 'categorical', choices: ALGORITHMS },
    sample: { kind: 'float', min: 0.1, max: 1 },
    c: { kind: 'float', min: 1e-3, max: 1e3, scale: 'log', when: { algorithm: ['svm'] } },
    gamma: { kind: 'float', min: 1e-5, max: 10, scale: 'log', when: { algorithm: ['svm'] } },
    depth: { kind: 'int', min: 1, max: 20, when: { algorithm: ['forest'] } },
    features: { kind: 'float', min: 0.05, max: 1, when: { algorithm: ['forest'] } },
    layers: { kind: 'int', min: 1, max: 3, when: { algorithm: ['net'] } },
    learningRate: { kind: 'float', min: 1e-5, max: 1, scale: 'log', when: { algorithm: ['net'] } },
    units: { kind: 'int', min: 8, max: 512, scale: 'log', when: { algorithm: ['net'] } },
    units2: { kind: 'int', min: 8, max: 512, scale: 'log', when: { algorithm: ['net'], layers: [2, 3] } },
  }),
  evaluate: (params) => 0.3 * (numberOf(params, 'sample') - 0.8) ** 2 + algorithmLoss(params),
  optimum: 0.05,
};

// The net is best where it is well set and worst where it is not: a few trials of each mislead.
function algorithmLoss(params: Params): number {
  const log = (name: string) => Math.log10(numberOf(params, name));
  switch (indexIn(ALGORITHMS, params, 'algorithm')) {
    case 0: {
      const c = (log('c') - 1) / 3;
      const gamma = (log('gamma') + 2) / 3;
      return 0.15 + 0.3 * c * c + 0.5 * gamma * gamma + 0.3 * c * gamma;
    }
    case 1: {
      const depth = (numberOf(params, 'depth') - 12) / 12;
      const features = numberOf(params, 'features') - 0.4;
      return 0.2 + 0.25 * depth * depth + 0.3 * features * features;
    }
    default: {
      const layers = numberOf(params, 'layers');
      const rate = (log('learningRate') + 2.5) / 1.5;
      const units = (Math.log2(numberOf(params, 'units')) - 7) / 4;
      const second = layers === 1 ? 0.1 : 0.2 * ((Math.log2(numberOf(params, 'units2')) - 6) / 4) ** 2;
      return 0.05 + 0.4 * rate * rate + 0.25 * units * units + second + (layers === 3 ? 0.05 : 0);
    }
  }
}

function indexIn(choices: readonly string[], params: Params, name: string): number {
  const index = choices.indexOf(String(params[name]));
  if (index < 0) throw new RangeError(`${name} is ${JSON.stringify(params[name])}, not one of ${choices.join(', ')}`);
  return index;
}
