import type { SamplerSpec } from '@caviar/spec';
import { assemble } from '../space/compile-space.js';
import { isPointOf } from '../space/contains.js';
import { type GridIndex, gridIndex, runsOfValues } from '../space/grid-index.js';
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

/** The grid without the configurations that the spec gives: those are tried first. */
function indexOf(problem: SamplerProblem<GridSpec>): Pick<GridIndex, 'size' | 'at'> {
  const index = wholeGrid(problem);
  const { spec, space } = problem;
  const given = new Set<number>();
  for (const params of spec.trials ?? []) {
    const k = isPointOf(space, params) ? index.indexOf(space.parameters.map(({ name }) => params[name])) : null;
    if (k !== null) given.add(k);
  }
  const skipped = [...given].sort((a, b) => a - b);
  return {
    size: index.size - skipped.length,
    at: (k) => index.at(skipped.reduce((at, one) => (at >= one ? at + 1 : at), k)),
  };
}

function wholeGrid({ space, sampler }: SamplerProblem<GridSpec>): GridIndex {
  const { levels } = sampler;
  const levelsOf = (name: string) =>
    typeof levels === 'number' ? levels : Object.hasOwn(levels, name) ? levels[name]! : DEFAULT_LEVELS;
  return gridIndex(
    space,
    space.parameters.map(({ name, unit }, i) => runsOfValues(space, i, unit.spread(levelsOf(name)))),
  );
}
