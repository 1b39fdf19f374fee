import { stream } from '@caviar/numerics';
import { type Params, type SamplerSpec, spaceSchema } from '@caviar/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSearch } from '../plan-search.js';
import { compileSpace } from '../space/compile-space.js';
import { prepareSearch } from '../suggest.js';
import { searchSpec } from '../testing/search-spec.js';
import { randomDraw } from './random.js';

const space = spaceSchema.parse({
  n: { kind: 'int', min: 1, max: 3 },
  c: { kind: 'categorical', choices: ['a', 'b'] },
  k: { kind: 'int', min: 0, max: 2, when: { c: ['b'] } },
});
const CONFIGURATIONS = 3 * (1 + 3);
const draw = randomDraw(compileSpace(space), 9);
const keyOf = ({ n, c, k }: Params) => JSON.stringify([n, c, k]);

const specOf = (sampler: SamplerSpec, given: readonly Params[]) =>
  searchSpec(space, {
    sampler,
    stop: { maxTrials: 60 },
    ...(given.length > 0 && { trials: given }),
  });

describe('trials that callers add on the way', () => {
  it.each<SamplerSpec>([{ kind: 'grid', levels: 5 }, { kind: 'random' }, { kind: 'sobol' }])(
    'keep %o from no configuration, and are not proposed again',
    (sampler) => {
      const numbers = fc.array(fc.nat(20), { maxLength: 8 });
      fc.assert(
        fc.property(numbers, fc.nat(3), fc.nat(1000), (at, givenCount, seed) => {
          const given = Array.from({ length: givenCount }, (_, i) => draw(1000 + seed + i));
          const spec = specOf(sampler, given);
          const added: { readonly number: number; readonly params: Params }[] = [];
          const made: string[] = [];
          const own: string[] = [];
          const plan = () => planSearch(spec, { spaceFirstNumber: 0, rounds: [], added });
          const isAdded = (number: number) => number >= givenCount && at.includes(number);
          for (let number = 0; number < (plan().totalTrials ?? 0) && number < 40; number++) {
            if (isAdded(number)) {
              const params = draw(stream(seed, 'added', number).below(1000));
              added.push({ number, params });
              made.push(keyOf(params));
              continue;
            }
            // a process that is new, and knows what has been added by now
            const { params } = prepareSearch(spec, { spaceFirstNumber: 0, rounds: [], added }).propose(number);
            const key = keyOf(params);
            if (number >= givenCount && new Set(made).size < CONFIGURATIONS) expect(made).not.toContain(key);
            made.push(key);
            own.push(key);
          }
          expect(new Set(made).size).toBe(CONFIGURATIONS);
          if (sampler.kind === 'grid') {
            // no number is left over: what is made twice was given twice, or added
            const repeats = made.length - CONFIGURATIONS;
            expect(repeats).toBe(made.filter((key, i) => made.indexOf(key) < i).length);
            expect(new Set(own.slice(givenCount)).size).toBe(own.length - givenCount);
          }
        }),
        { numRuns: 150 },
      );
    },
  );
});
