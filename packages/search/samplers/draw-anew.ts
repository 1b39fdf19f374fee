import { streamKey, uniformAt } from '@caviar/numerics';
import type { Params } from '@caviar/spec';
import { assemble, type CompiledSpace } from '../space/compile-space.js';
import { isPointOf } from '../space/contains.js';
import { configurationKeys, Tried } from '../space/tried.js';
import type { SamplerProblem } from './sampler.js';

/** Trials of a version of the space whose configurations are remembered. */
const REMEMBERED = 2 ** 20;
/** Draws before the next untried configuration is taken, whichever it is. */
const REDRAWS = 16;
/** The same in a space without end, where a configuration without floats came twice. */
const ENDLESS_REDRAWS = 1000;

/** One draw for a trial. */
export interface Draw {
  readonly params: Params;
  /** What it was drawn from: where it is drawn again. */
  readonly region: CompiledSpace;
}

export interface NewDraw {
  readonly params: Params;
  /** What became of a repetition, to be put before the full stop; empty for most. */
  readonly note: string;
}

/**
 * Draws that do not repeat a configuration while there is an untried one: a repetition is drawn again at random, then
 * moved to the next untried configuration. Still a function of the number alone, as it goes by the draws of all lower
 * numbers, which it keeps: asked for number n first, it makes all draws up to n. Null where nothing can repeat.
 *
 * Holds in spaces of up to 2^20 configurations, and for the first 2^20 trials in larger ones. Trials that the spec gives count
 * as tried, and those that callers add from their numbers on.
 *
 * @param draw of a trial number; asked for every number from `spaceFirstNumber` on, in order
 */
export function drawAnew(
  { space, spec, spaceFirstNumber, added }: Pick<SamplerProblem, 'space' | 'spec' | 'spaceFirstNumber' | 'added'>,
  draw: (number: number) => Draw,
): ((number: number) => NewDraw) | null {
  const keys = configurationKeys(space);
  if (keys === null) return null;
  const tried = new Tried(keys);
  const addedAt = new Map(added.map(({ number, params }) => [number, params]));
  for (const params of spec.trials ?? []) if (isPointOf(space, params)) tried.add(params);
  /** The draws of numbers below `reached` that are not simply `draw`'s. */
  const changed = new Map<number, NewDraw>();
  let reached = spaceFirstNumber;
  const placeKey = streamKey(spec.seed, 'untried');

  const next = (number: number): NewDraw => {
    const first = draw(number);
    if (!tried.has(first.params)) return unchanged(first);
    if (tried.isComplete) {
      return { params: first.params, note: '; every configuration has been tried, so this is one once more' };
    }
    const redraws = keys.all === null ? ENDLESS_REDRAWS : REDRAWS;
    for (let attempt = 0; attempt < redraws; attempt++) {
      const params = drawAgain(first.region, spec.seed, number * ENDLESS_REDRAWS + attempt);
      if (!tried.has(params)) return { params, note: '; drawn once more, as the first draw had been tried' };
    }
    const values = tried.nextUntried(uniformAt(placeKey, number));
    if (values === null) return { params: first.params, note: '; it has been tried before' };
    const params = assemble(space, (i) => values[i]!);
    return { params, note: '; moved to a configuration that had not been tried' };
  };

  return (number) => {
    if (number < spaceFirstNumber || number >= spaceFirstNumber + REMEMBERED) return unchanged(draw(number));
    for (; reached <= number; reached++) {
      const given = addedAt.get(reached);
      if (given !== undefined) {
        if (isPointOf(space, given)) tried.add(given);
        continue;
      }
      const made = next(reached);
      tried.add(made.params);
      if (made.note !== '') changed.set(reached, made);
    }
    return changed.get(number) ?? unchanged(draw(number));
  };
}

function unchanged({ params }: Draw): NewDraw {
  return { params, note: '' };
}

function drawAgain(region: CompiledSpace, seed: number, index: number): Params {
  return assemble(region, (i) => {
    const { name, unit } = region.parameters[i]!;
    return unit.fromUnit(uniformAt(streamKey(seed, 'again', name), index));
  });
}
