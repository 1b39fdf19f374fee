import type { Params, SearchSpace } from '@caviar/spec';
import { compileSpace, isActive } from '../space/compile-space.js';

/** What the forest is grown on: a completed trial. */
export interface ValuedTrial {
  readonly number: number;
  readonly params: Params;
  /** Value of the objective, finite. */
  readonly value: number;
}

/** One parameter as the trees see it. */
export interface Column {
  readonly name: string;
  /** Number of choices of a categorical parameter; null for a range. */
  readonly choices: number | null;
  /** By trial: the place in the unit interval, the index of the choice, or NaN where the parameter is not active. */
  readonly values: Float64Array;
}

/** Trials as a table: `columns` in the order of the space, `targets` in [-1, 1] with mean 0. */
export interface TrialTable {
  readonly columns: readonly Column[];
  readonly targets: Float64Array;
}

/**
 * The trials that could have been drawn from the space, by number. The order in which they come in does not matter, nor
 * do the unit and the origin of the values: shares of variance have neither.
 */
export function encodeTrials(space: SearchSpace, trials: readonly ValuedTrial[]): TrialTable {
  const { parameters } = compileSpace(space);
  const rows = [...trials]
    .sort((a, b) => a.number - b.number)
    .flatMap(({ params, value }) => {
      const values = parameters.map(({ name }) => (Object.hasOwn(params, name) ? params[name] : undefined));
      const fits = parameters.every((parameter, i) => {
        const given = values[i];
        return isActive(parameter, values)
          ? given !== undefined && parameter.unit.contains(given)
          : given === undefined;
      });
      return fits ? [{ values, value }] : [];
    });
  const columns = parameters.map(({ name, domain, unit }, i): Column => {
    const choices = domain.kind === 'categorical' ? unit.count : null;
    const values = Float64Array.from(rows, (row) => {
      const value = row.values[i];
      if (value === undefined) return Number.NaN;
      return choices === null ? unit.toUnit(value) : Math.floor(unit.toUnit(value) * choices);
    });
    return { name, choices, values };
  });
  return { columns, targets: standardized(rows.map(({ value }) => value)) };
}

/** Divided by the largest magnitude first: the mean of values next to the largest double would overflow. */
function standardized(values: readonly number[]): Float64Array {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const scaled = Float64Array.from(values, (value) => value / largest);
  const mean = scaled.reduce((sum, value) => sum + value, 0) / Math.max(1, scaled.length);
  const centred = scaled.map((value) => value - mean);
  const reach = centred.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return centred.map((value) => value / reach);
}
