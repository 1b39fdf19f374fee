import { minimizeInBox, type Stream, type StreamKey, sobolAxis } from '@caviar/numerics';
import type { Acquisition } from './acquisition.js';
import type { FeatureSpace } from './features.js';

/** A place that a trial could be made at. */
export interface Candidate {
  /** [D], stepped ranges and choices in the middles of their cells. */
  readonly position: Float64Array;
  /** What it promises there. */
  readonly score: number;
}

/** What to look for, and where from. */
export interface AcquisitionProblem {
  readonly space: FeatureSpace;
  readonly acquisition: Acquisition;
  /** Positions of good trials, the best first. */
  readonly incumbents: readonly Float64Array[];
  /** Whether a position must not be proposed: it is a trial already. */
  readonly isTaken: (position: Float64Array) => boolean;
  /** Key of the space-filling candidates of a dimension. */
  readonly keyOf: (dimension: number) => StreamKey;
  readonly random: Stream;
}

const SPREAD_CANDIDATES = 256;
const NEAR_INCUMBENTS = 256;
/** Candidates that are looked at closely. */
const SHORTLISTED = 96;
const STARTS = 5;
/** Evaluations with slopes on a climb at most, and climbs that the best start goes on for. */
const EVALUATIONS = 24;
const LATER_CLIMBS = 2;
/** Widths of the moves away from incumbents, as parts of a range. */
const WIDTHS = [0.3, 0.1, 0.03, 0.01];
/** Choices that are tried one by one. */
const TRIED_CHOICES = 16;

/**
 * The free place that promises most of those found: from space-filling candidates and from the
 * neighbourhoods of good trials, the best ones climb by gradients along the ranges and by single steps in what has none,
 * the highest of them on. Null where every candidate is taken.
 */
export function maximizeAcquisition(problem: AcquisitionProblem): Candidate | null {
  const { space, isTaken } = problem;
  const scored = shortlisted(problem, [...spread(problem), ...nearIncumbents(problem)]);
  const climbed = distinct(space, scored, STARTS).map((start) => climb(problem, start));
  climbed.sort((a, b) => b.score - a.score);
  for (let i = 0; i < LATER_CLIMBS && climbed[0] !== undefined; i++) {
    const higher = climb(problem, climbed[0]);
    if (higher.score <= climbed[0].score + 1e-6) break;
    climbed.unshift(higher);
  }
  let found: Candidate | null = null;
  for (const candidate of [...climbed, ...scored]) {
    if (found !== null && candidate.score <= found.score) continue;
    if (!isTaken(candidate.position)) found = candidate;
  }
  return found;
}

/** Points of a scrambled Sobol sequence. */
function spread({ space, keyOf }: AcquisitionProblem): Float64Array[] {
  const axes = space.dimensions.map((_, d) => sobolAxis(d, keyOf(d)));
  return Array.from({ length: SPREAD_CANDIDATES }, (_, i) => Float64Array.from(axes, (axis) => axis(i)));
}

/** Incumbents with some of their coordinates moved, and choices drawn anew. */
function nearIncumbents({ space, incumbents, random }: AcquisitionProblem): Float64Array[] {
  const dimensions = space.dimensions.length;
  return Array.from({ length: incumbents.length === 0 ? 0 : NEAR_INCUMBENTS }, (_, i) => {
    const position = Float64Array.from(incumbents[i % incumbents.length]!);
    const width = WIDTHS[Math.floor(i / incumbents.length) % WIDTHS.length]!;
    const share = Math.max(0.2 + 0.8 * random.uniform(), 1 / dimensions);
    const always = random.below(dimensions);
    space.dimensions.forEach(({ kind }, d) => {
      if (d !== always && random.uniform() > share) return;
      if (kind === 'range') position[d] = inside(position[d]! + width * random.normal());
      else if (d === always || random.uniform() < 0.3) position[d] = random.uniform();
    });
    return position;
  });
}

function scoreAt(problem: AcquisitionProblem, position: Float64Array): Candidate {
  const { space, acquisition } = problem;
  const snapped = space.snapped(position);
  return { position: snapped, score: acquisition.at(space.featuresOf(snapped, space.activeAt(snapped))) };
}

/** The best of many places, the best first, chosen by a rough look at all. */
function shortlisted({ space, acquisition }: AcquisitionProblem, positions: readonly Float64Array[]): Candidate[] {
  const places = positions.map((position) => {
    const snapped = space.snapped(position);
    return { position: snapped, features: space.featuresOf(snapped, space.activeAt(snapped)) };
  });
  const scored = (some: typeof places, isRough: boolean) => {
    const scores = acquisition.atAll(
      some.map(({ features }) => features),
      isRough,
    );
    return some.map((place, i) => ({ ...place, score: scores[i]! })).sort((a, b) => b.score - a.score);
  };
  return scored(scored(places, true).slice(0, SHORTLISTED), false);
}

/** The first few of a list that lie apart from one another. */
function distinct(space: FeatureSpace, candidates: readonly Candidate[], count: number): Candidate[] {
  const kept: Candidate[] = [];
  const apart = (a: Candidate, b: Candidate) =>
    space.dimensions.some((_, d) => Math.abs(a.position[d]! - b.position[d]!) > 0.05);
  for (const candidate of candidates) {
    if (kept.length === count) break;
    if (kept.every((other) => apart(candidate, other))) kept.push(candidate);
  }
  return kept;
}

/** By gradients along the ranges, then by single steps. */
function climb(problem: AcquisitionProblem, start: Candidate): Candidate {
  const slid = alongRanges(problem, start);
  return byCells(problem, slid.score > start.score ? slid : start);
}

/** Climbs along the active ranges, steps ignored, and moves to the nearest values. */
function alongRanges(problem: AcquisitionProblem, { position }: Candidate): Candidate {
  const { space, acquisition } = problem;
  const active = space.activeAt(position);
  const free = space.dimensions.flatMap(({ kind }, d) => (kind === 'range' && active[d] === 1 ? [d] : []));
  if (free.length === 0) return scoreAt(problem, position);
  const moved = Float64Array.from(position);
  const { x } = minimizeInBox(
    (at, gradient) => {
      free.forEach((d, i) => {
        moved[d] = at[i]!;
      });
      const { value, slopes } = acquisition.sloped(space.featuresOf(moved, active));
      free.forEach((d, i) => {
        gradient[i] = -slopes[space.dimensions[d]!.feature]!;
      });
      return -value;
    },
    {
      start: free.map((d) => position[d]!),
      lower: free.map(() => 0),
      upper: free.map(() => 1),
      maxEvaluations: EVALUATIONS,
      gradientTolerance: 1e-3,
      valueTolerance: 1e-5,
    },
  );
  free.forEach((d, i) => {
    moved[d] = x[i]!;
  });
  return scoreAt(problem, moved);
}

/** Tries other choices, and the values next to those of stepped ranges, one dimension at a time; keeps what is better and free. */
function byCells(problem: AcquisitionProblem, start: Candidate): Candidate {
  const { space, isTaken } = problem;
  let here = start;
  let isHereTaken = isTaken(here.position);
  space.dimensions.forEach(({ kind, unit }, d) => {
    if (!Number.isFinite(unit.count) || space.activeAt(here.position)[d] === 0) return;
    for (const coordinate of kind === 'choices'
      ? otherChoices(problem, unit.count)
      : neighbours(unit, here.position[d]!)) {
      const position = Float64Array.from(here.position);
      position[d] = coordinate;
      const tried = scoreAt(problem, position);
      if ((tried.score > here.score || isHereTaken) && !isTaken(tried.position)) {
        here = tried;
        isHereTaken = false;
      }
    }
  });
  return here;
}

function otherChoices({ random }: AcquisitionProblem, count: number): number[] {
  const all = count <= TRIED_CHOICES ? Array.from({ length: count }, (_, k) => k) : [...random.permutation(count)];
  return all.slice(0, TRIED_CHOICES).map((k) => (k + 0.5) / count);
}

/** A coordinate in the cell below and in the one above. */
function neighbours(unit: FeatureSpace['dimensions'][number]['unit'], coordinate: number): number[] {
  const [low, high] = unit.cell(unit.fromUnit(coordinate));
  const width = high - low;
  return [low - width / 100, high + width / 100].filter((u) => u > 0 && u < 1);
}

/** Reflected at the ends of the unit interval. */
function inside(u: number): number {
  const reflected = u < 0 ? -u : u > 1 ? 2 - u : u;
  return Math.min(1, Math.max(0, reflected));
}
