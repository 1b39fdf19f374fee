import type { Domain, ParamValue } from '@caviar/spec';
import { formatNumber, formatParam } from '../format/number.js';

/** A parameter as an axis: even on the scale that it is searched on. */
export interface SpaceAxis {
  readonly name: string;
  /** Place of a value; null when it has none (the parameter was not active). */
  place(value: unknown): number | null;
  readonly min: number;
  readonly max: number;
  /** What stands at a place. */
  label(place: number): string;
  /** The number at a place of a range. */
  value(place: number): number;
  /** The choices in words, in order; none for ranges. */
  readonly choices: readonly string[] | null;
  /** The choices as they are. */
  readonly values: readonly ParamValue[] | null;
}

const TO = {
  linear: (x: number) => x,
  log: (x: number) => Math.log10(x),
  oneMinusLog: (x: number) => -Math.log10(1 - x),
} as const;
const FROM = {
  linear: (t: number) => t,
  log: (t: number) => 10 ** t,
  oneMinusLog: (t: number) => 1 - 10 ** -t,
} as const;

export function spaceAxis(name: string, domain: Domain): SpaceAxis {
  if (domain.kind === 'categorical') {
    // Short forms may be the same for different choices: 1 and "1", 1000.1 and 1000.2.
    const exact = domain.choices.map((choice) => JSON.stringify(choice));
    const short = domain.choices.map(formatParam);
    const choices = new Set(short).size === short.length ? short : exact;
    const placeOf = new Map(exact.map((choice, index) => [choice, index]));
    return {
      name,
      place: (value) => placeOf.get(JSON.stringify(value) ?? '') ?? null,
      min: -0.5,
      max: choices.length - 0.5,
      label: (place) => choices[Math.round(place)] ?? '',
      value: (place) => place,
      choices,
      values: domain.choices,
    };
  }
  const { scale, min, max, kind } = domain;
  const [low, high] = [TO[scale](min), TO[scale](max)];
  return {
    name,
    place: (value) => (typeof value === 'number' && Number.isFinite(TO[scale](value)) ? TO[scale](value) : null),
    min: low,
    max: high === low ? low + 1 : high,
    label: (place) => {
      const value = FROM[scale](place);
      if (kind === 'int' && scale === 'log') return formatNumber(Math.round(value));
      return scale === 'oneMinusLog' ? formatNumber(value, 5) : formatNumber(value, 3);
    },
    value: (place) => FROM[scale](place),
    choices: null,
    values: null,
  };
}

/** The parameters of a space as axes, in their order. */
export function spaceAxes(space: Readonly<Record<string, Domain>>): readonly SpaceAxis[] {
  return Object.entries(space).map(([name, domain]) => spaceAxis(name, domain));
}
