import { type SearchSpace, spaceSchema } from '@caviar/spec';

/** Spaces with everything that a space can have, for the conformance suites. */
export const SPACES: Readonly<Record<string, SearchSpace>> = {
  'the documented example': spaceSchema.parse({
    learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
    beta1: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' },
    hiddenUnits: { kind: 'int', min: 16, max: 512, scale: 'log' },
    keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
    optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
    beta2: { kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog', when: { optimizer: ['rmsprop', 'adam'] } },
  }),
  'nested conditions, lists and booleans': spaceSchema.parse({
    units: { kind: 'categorical', choices: [[16], [32, 16], 8], when: { layers: [1, 2] } },
    layers: { kind: 'int', min: 0, max: 3 },
    drop: { kind: 'categorical', choices: [true, false, null] },
    rate: { kind: 'float', min: 0, max: 0.5, when: { drop: [true], layers: [1, 2, 3] } },
    slope: { kind: 'int', min: 1, max: 9, step: 2, when: { units: [[16], 8] } },
  }),
  'single values and extremes': spaceSchema.parse({
    one: { kind: 'float', min: 3, max: 3 },
    only: { kind: 'categorical', choices: ['x'] },
    huge: { kind: 'int', min: 0, max: Number.MAX_SAFE_INTEGER },
    tiny: { kind: 'float', min: 5e-324, max: 1e-300, scale: 'log' },
    wide: { kind: 'float', min: 1e-300, max: 1e300, scale: 'log' },
  }),
};
