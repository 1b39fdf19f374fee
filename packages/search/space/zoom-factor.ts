import type { Domain, ParamValue } from '@caviar/spec';
import { unitDomain } from './domain.js';
import { rankWeights } from './rank-weights.js';

/** Width in standard deviations: with 2, a region about several optima stays too wide to be worth a round (Branin). */
const WIDTH_IN_DEVIATIONS = 1.5;
/** Part of the region's width next to its border in which the best trial counts as being on it. */
const BORDER = 0.05;
/** Width of a region whose border the best trial lies on, relative to the one before. */
const WIDENING = 1.5;

export interface ZoomEvidence {
  /** The domain as the user gave it. */
  readonly domain: Domain;
  /** The region so far, within the domain. */
  readonly region: Domain;
  /** Values of the best trials, the best first; at least one. */
  readonly top: readonly ParamValue[];
  /** The strongest step there may be, 0 < shrink < 1. */
  readonly shrink: number;
}

/**
 * How wide the next region should be, relative to the one so far, on the parameter's scale.
 *
 * By how far the best trials are spread: one and a half standard deviations, weighted by rank. That is `shrink` where they
 * lie close, 0.43 where they lie as uniform draws would, and 0.75 where they lie at both ends. Above 1, where the best
 * trial lies on a border of the region that is none of the domain, and the others lean that way: what is beyond may be better.
 */
export function zoomFactor({ domain, region, top, shrink }: ZoomEvidence): number {
  if (domain.kind === 'categorical' || region.kind === 'categorical') return 1;
  const unit = unitDomain(domain);
  if (unit.count === 1) return 1;
  const low = unit.cell(region.min)[0];
  const width = unit.cell(region.max)[1] - low;
  if (!(width > 0)) return 1;
  // from 0 to 1 within the region; trials of earlier rounds may lie outside
  const places = top.map((value) => (unit.toUnit(value) - low) / width);
  const weights = rankWeights(places.length);
  const mean = places.reduce((sum, place, rank) => sum + weights[rank]! * place, 0);
  const best = places[0]!;
  const isOpenBelow = low > 0 && best < BORDER && mean < 1 / 3;
  const isOpenAbove = low + width < 1 && best > 1 - BORDER && mean > 2 / 3;
  if (isOpenBelow || isOpenAbove) return WIDENING;
  const variance = places.reduce((sum, place, rank) => sum + weights[rank]! * (place - mean) * (place - mean), 0);
  return Math.min(1, Math.max(shrink, WIDTH_IN_DEVIATIONS * Math.sqrt(variance)));
}
