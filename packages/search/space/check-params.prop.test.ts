import type { Params, ParamValue, SearchSpace } from '@caviar/spec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkParams } from './check-params.js';
import { contains } from './contains.js';

const space: SearchSpace = {
  rate: { kind: 'float', min: 0.001, max: 1, scale: 'log' },
  keep: { kind: 'float', min: 0.5, max: 1, step: 0.05, scale: 'linear' },
  units: { kind: 'int', min: 4, max: 8, scale: 'linear' },
  kind: { kind: 'categorical', choices: ['gd', 'adam', [1, 2]] },
  beta: { kind: 'float', min: 0.9, max: 0.99, scale: 'linear', when: { kind: ['adam'] } },
};
const value: fc.Arbitrary<ParamValue> = fc.constantFrom<ParamValue[]>(
  0.001,
  0.5,
  0.52,
  1,
  2,
  4,
  8.5,
  0.95,
  'gd',
  'adam',
  [1, 2],
  null,
  true,
);
const anyParams: fc.Arbitrary<Params> = fc.dictionary(fc.constantFrom(...Object.keys(space), 'other'), value);
const nearParams: fc.Arbitrary<Params> = fc.record(
  {
    rate: fc.constantFrom(0.001, 0.5, 1, 2),
    keep: fc.constantFrom(0.5, 0.55, 0.52),
    units: fc.constantFrom(4, 8, 8.5),
    kind: fc.constantFrom<ParamValue[]>('gd', 'adam', [1, 2], 'sgd'),
    beta: fc.constantFrom(0.95, 1),
  },
  { requiredKeys: ['rate', 'units'] },
);

test('finds nothing wrong with the points of a space, and something with everything else', () => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(fc.oneof(anyParams, nearParams), (params) => {
      const isPoint = contains(space, params);
      seen.add(isPoint);
      expect(checkParams(space, params).length === 0).toBe(isPoint);
    }),
    { numRuns: 2000, seed: 1 },
  );
  expect(seen).toEqual(new Set([true, false]));
});
