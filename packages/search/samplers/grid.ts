import type { SamplerSpec } from '@caviar/spec';
import { assemble } from '../space/compile-space.js';
import { gridIndex, runsOfValues } from '../space/grid-index.js';
import type { DrawingSampler, SamplerProblem } from './sampler.js';

type GridSpec = Extract<SamplerSpec, { kind: 'grid' }>;

const DEFAULT_LEVELS = 5;

/**
 * Every combination of some values per parameter, once (seed 3.1: for comparison with random search).
 *
 * Order: parameters by name, a child after its parents; the last one varies fastest. A conditional parameter multiplies
 * only the combinations in which it is active. A change of the space begins the new grid at its first combination.
 */
export const gridSampler: DrawingSampler<GridSpec> = {
  kind: 'grid',
  size: (problem) => indexOf(problem).size,
  refuse: (problem) => {
    try {
      indexOf(problem);
      return null;
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  },
  prepare: (problem) => {
    const { space, spaceFirstNumber } = problem;
    const index = indexOf(problem);
    return (number) => {
      const k = number - spaceFirstNumber;
      if (k < 0 || k >= index.size) {
        throw new RangeError(`trial ${number} is outside the grid: it has ${index.size} configurations`);
      }
      const values = index.at(k);
      return {
        number,
        params: assemble(space, (i) => values[i]!),
        round: null,
        proposal: `Configuration ${k + 1} of ${index.size} of the grid.`,
      };
    };
  },
};

function indexOf({ space, sampler }: SamplerProblem<GridSpec>) {
  const { levels } = sampler;
  const levelsOf = (name: string) =>
    typeof levels === 'number' ? levels : Object.hasOwn(levels, name) ? levels[name]! : DEFAULT_LEVELS;
  return gridIndex(
    space,
    space.parameters.map(({ name, unit }, i) => runsOfValues(space, i, unit.spread(levelsOf(name)))),
  );
}
