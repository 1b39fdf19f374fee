import type { Params, SamplerSpec } from '@caviar/spec';
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
  size: (problem) => {
    const { size, given } = listOf(problem);
    return size + given;
  },
  refuse: (problem) => {
    try {
      listOf(problem);
      return null;
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  },
  prepare: (problem) => {
    const { space } = problem;
    const list = listOf(problem);
    return (number) => {
      const place = list.placeOf(number);
      if (place === null) {
        throw new RangeError(`trial ${number} is outside the grid: it has ${list.size} configurations`);
      }
      const values = list.at(place);
      return {
        number,
        params: assemble(space, (i) => values[i]!),
        round: null,
        proposal: `Configuration ${place + 1} of ${list.size} of the grid.`,
      };
    };
  },
};

interface GridList {
  /** Configurations of the grid, those left out that the spec gives: they are tried first. */
  readonly size: number;
  /** Numbers of trials that are none of the grid's own to come, as callers took them. */
  readonly given: number;
  /** Configuration of a place. */
  readonly at: GridIndex['at'];
  /** Place of the configuration that a trial number tries, unless a caller took it; null beyond the last. */
  readonly placeOf: (number: number) => number | null;
}

/**
 * The grid in the order in which it is tried. A trial that a caller adds takes a number, and its configuration off those that
 * are to come, so all are tried once all the same: between two such trials places follow one another, the taken ones left out.
 */
function listOf(problem: SamplerProblem<GridSpec>): GridList {
  const { spec, space, spaceFirstNumber, added } = problem;
  const index = wholeGrid(problem);
  const numberOf = (params: Params) =>
    isPointOf(space, params) ? index.indexOf(space.parameters.map(({ name }) => params[name])) : null;
  const given = new Set((spec.trials ?? []).flatMap((params) => numberOf(params) ?? []));
  const skipped = [...given].sort((a, b) => a - b);
  const size = index.size - skipped.length;

  /** Places that added trials took, ascending. */
  const taken: number[] = [];
  const stretches = [{ firstNumber: spaceFirstNumber, firstPlace: 0 }];
  const placeIn = ({ firstNumber, firstPlace }: (typeof stretches)[number], number: number) =>
    taken.reduce(
      (place, one) => (one >= firstPlace && place >= one ? place + 1 : place),
      firstPlace + number - firstNumber,
    );
  for (const { number, params } of added) {
    const place = placeIn(stretches.at(-1)!, number);
    const k = numberOf(params);
    const own = k === null || given.has(k) ? null : k - skipped.filter((one) => one < k).length;
    // What has been tried already is a repetition, and takes nothing from what is to come.
    if (own !== null && own >= place && !taken.includes(own)) {
      taken.push(own);
      taken.sort((a, b) => a - b);
    }
    stretches.push({ firstNumber: number + 1, firstPlace: place });
  }
  return {
    size,
    given: added.length - taken.length,
    at: (place) => index.at(skipped.reduce((at, one) => (at >= one ? at + 1 : at), place)),
    placeOf: (number) => {
      const stretch = stretches.findLast(({ firstNumber }) => number >= firstNumber);
      if (stretch === undefined) return null;
      const place = placeIn(stretch, number);
      return place < size ? place : null;
    },
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
