import { stepGrid } from '@caviar/numerics';
import type { CategoricalDomain, Domain, FloatDomain, IntDomain, ParamValue } from '@caviar/spec';
import { sameParamValue } from '@caviar/spec';
import { type UnitDomain, unitDomain } from './domain.js';
import { rankWeights } from './rank-weights.js';

export interface ZoomRequest {
  /** The domain as the user gave it: the new region lies within it and on its grid. */
  readonly domain: Domain;
  /** The region so far, of the same kind and scale, within the domain. */
  readonly region: Domain;
  /** Values of the best trials, the best first, all in the domain; at least one. */
  readonly top: readonly ParamValue[];
  /** Width of the new region relative to the one so far, on the parameter's own scale; above 0. */
  readonly factor: number;
}

/**
 * A smaller region around the values of the best trials; it always holds the very best value.
 *
 * - Ranges: a window of the given relative width about the weighted mean of the values, moved (not cut) to stay within the
 *   user's bounds. It may reach beyond the region so far when the best lies near its border. Bounds are short numbers.
 * - Grids and ints: the values whose position on the scale lies in that window, at least one.
 * - Categorical: the choices seen among the best.
 */
export function zoomDomain(request: ZoomRequest): Domain {
  const { domain, region, top } = request;
  if (domain.kind === 'categorical') return zoomChoices(domain, top);
  if (region.kind === 'categorical') throw new TypeError('a region has the kind of its domain');
  const unit = unitDomain(domain);
  if (unit.count === 1) return { ...domain, max: domain.min };
  const width = Math.min(1, request.factor * (unit.cell(region.max)[1] - unit.cell(region.min)[0]));
  const window = windowAround(
    top.map((value) => unit.toUnit(value)),
    width,
  );
  return domain.kind === 'int' || domain.step !== undefined
    ? zoomGrid({ domain, unit, window, best: top[0] })
    : zoomRange({ domain, unit, window, best: top[0] });
}

interface Window {
  readonly low: number;
  readonly high: number;
}

interface RangeZoom<D> {
  readonly domain: D;
  readonly unit: UnitDomain;
  readonly window: Window;
  readonly best: ParamValue | undefined;
}

function zoomChoices(domain: CategoricalDomain, top: readonly ParamValue[]): CategoricalDomain {
  const choices = domain.choices.filter((choice) => top.some((value) => sameParamValue(value, choice)));
  return choices.length > 0 ? { ...domain, choices } : domain;
}

/**
 * A window of the given width in [0, 1]. Its centre is the rank-weighted mean of the positions, kept so near the best one that a quarter of the window lies beyond it on
 * either side.
 */
function windowAround(positions: readonly number[], width: number): Window {
  const weights = rankWeights(positions.length);
  const mean = positions.reduce((sum, position, rank) => sum + weights[rank]! * position, 0);
  const best = positions[0]!;
  const centre = clamp(mean, best - width / 4, best + width / 4);
  const low = clamp(centre - width / 2, 0, 1 - width);
  return { low, high: low + width };
}

function zoomGrid<D extends FloatDomain | IntDomain>({ domain, unit, window, best }: RangeZoom<D>): D {
  const grid = stepGrid(domain.min, domain.max, domain.step ?? 1);
  const position = (k: number) => unit.toUnit(grid.at(k));
  const bestK = grid.nearest(Number(best));
  let first = grid.nearest(Number(unit.fromUnit(window.low)));
  let last = grid.nearest(Number(unit.fromUnit(window.high)));
  if (position(first) < window.low) first++;
  if (position(last) > window.high) last--;
  first = Math.min(first, bestK);
  last = Math.max(last, bestK);
  return { ...domain, min: grid.at(first), max: grid.at(last) };
}

function zoomRange({ domain, unit, window, best }: RangeZoom<FloatDomain>): FloatDomain {
  const slack = (window.high - window.low) / 100;
  const short = (position: number, fits: (x: number) => boolean) =>
    shortNumber(Number(unit.fromUnit(position)), (x) => fits(x) && Math.abs(unit.toUnit(x) - position) <= slack);
  const value = Number(best);
  const min = window.low <= 0 ? domain.min : short(window.low, (x) => x >= domain.min && x <= value);
  const max = window.high >= 1 ? domain.max : short(window.high, (x) => x <= domain.max && x >= value);
  return { ...domain, min: Math.min(min, value), max: Math.max(max, value) };
}

/** The number of fewest digits near x that fits; x itself if none does. */
function shortNumber(x: number, fits: (candidate: number) => boolean): number {
  for (let digits = 1; digits <= 15; digits++) {
    const candidate = Number(x.toPrecision(digits));
    if (fits(candidate)) return candidate;
  }
  return x;
}

function clamp(x: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, x));
}
