import { exp, log } from '@caviar/numerics';
import { type Domain, findTrainer, type Params, type SearchSpec } from '@caviar/spec';

/** A finished trial, as far as the next search cares. */
export interface JudgedTrial {
  readonly params: Params;
  /** Of the objective; null ranks last. */
  readonly value: number | null;
}

/** A bound of the space that the good trials gather at. */
export interface PressedBound {
  readonly name: string;
  readonly side: 'min' | 'max';
  /** The bound. */
  readonly value: number;
  /** Share of the good trials that lie at it. */
  readonly share: number;
}

/** The best fifth of the trials is called good, but at least three of them. */
const GOOD_SHARE = 0.2;
const LEAST_GOOD = 3;
/** A trial lies at a bound when it is in the outer tenth of the range, in the parameter's own scale. */
const EDGE = 0.1;
/** Uniform trials would lie there with probability 0.1: half of the good ones is no accident. */
const PRESSED_SHARE = 0.5;

export function pressedBounds({ space, objective }: SearchSpec, trials: readonly JudgedTrial[]): PressedBound[] {
  const sign = objective.direction === 'minimize' ? 1 : -1;
  const ranked = trials.filter(({ value }) => value !== null).sort((a, b) => sign * (a.value! - b.value!));
  const good = ranked.slice(0, Math.max(LEAST_GOOD, Math.round(GOOD_SHARE * ranked.length)));
  if (good.length < LEAST_GOOD) return [];
  return Object.entries(space).flatMap(([name, domain]): PressedBound[] => {
    if (domain.kind === 'categorical' || domain.min === domain.max) return [];
    const positions = good.flatMap(({ params }) => {
      const value = params[name];
      return typeof value === 'number' ? [position(domain, value)] : [];
    });
    if (positions.length < LEAST_GOOD) return [];
    const share = (isAtEdge: (x: number) => boolean) => positions.filter(isAtEdge).length / positions.length;
    const [low, high] = [share((x) => x < EDGE), share((x) => x > 1 - EDGE)];
    if (low >= PRESSED_SHARE && low >= high) return [{ name, side: 'min', value: domain.min, share: low }];
    if (high >= PRESSED_SHARE) return [{ name, side: 'max', value: domain.max, share: high }];
    return [];
  });
}

/** The domain with its pressed bound moved out by half the range, as far as the trainer allows; null if not at all. */
export function widen(
  domain: Domain,
  { name, side }: PressedBound,
  trainer: string,
): { readonly domain: Domain; readonly value: number } | null {
  if (domain.kind === 'categorical') return null;
  const moved = valueAt(domain, side === 'min' ? -0.5 : 1.5);
  const rounded = domain.kind === 'int' ? Math.round(moved) : Number(moved.toPrecision(3));
  const schema = findTrainer(trainer)?.parameters.find((parameter) => parameter.name === name)?.schema;
  if (schema === undefined || rounded === domain[side] || !schema.safeParse(rounded).success) return null;
  // A step counts from the lower bound: it would not reach the old values from a new one.
  if (domain.step !== undefined && side === 'min') return null;
  return { domain: { ...domain, [side]: rounded }, value: rounded };
}

/** 0 at the lower bound, 1 at the upper, evenly in the domain's scale. */
function position(domain: Exclude<Domain, { kind: 'categorical' }>, value: number): number {
  const [at, low, high] = [value, domain.min, domain.max].map((x) => toScale(domain.scale, x)) as [
    number,
    number,
    number,
  ];
  return (at - low) / (high - low);
}

function valueAt(domain: Exclude<Domain, { kind: 'categorical' }>, at: number): number {
  const [low, high] = [domain.min, domain.max].map((x) => toScale(domain.scale, x)) as [number, number];
  return fromScale(domain.scale, low + at * (high - low));
}

function toScale(scale: 'linear' | 'log' | 'oneMinusLog', x: number): number {
  if (scale === 'log') return log(x);
  return scale === 'oneMinusLog' ? -log(1 - x) : x;
}

function fromScale(scale: 'linear' | 'log' | 'oneMinusLog', x: number): number {
  if (scale === 'log') return exp(x);
  return scale === 'oneMinusLog' ? 1 - exp(-x) : x;
}
