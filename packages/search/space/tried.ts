import type { Params } from '@caviar/spec';
import { allConfigurations } from './cardinality.js';
import type { CompiledSpace } from './compile-space.js';
import { type GridIndex, MAX_GRID_SIZE } from './grid-index.js';

/** Tells configurations of a space apart that could come twice. */
export interface ConfigurationKeys {
  /** The same for the same configuration; null for one that cannot come again, as it holds a float without step. */
  readonly of: (params: Params) => number | string | null;
  /** All configurations by number, where the numbers are the keys; null for a space that has no end. */
  readonly all: GridIndex | null;
}

/**
 * Keys of the configurations of a space; null for one in which nothing ever comes twice: there is a float range without
 * step in every configuration, or there are 2^53 - 1 configurations or more.
 */
export function configurationKeys(space: CompiledSpace): ConfigurationKeys | null {
  const { parameters } = space;
  if (parameters.some(({ unit, conditions }) => conditions.length === 0 && !Number.isFinite(unit.count))) return null;
  const all = numbered(space);
  if (all !== null) {
    const of = (params: Params) => all.indexOf(parameters.map(({ name }) => params[name]));
    return all.size >= MAX_GRID_SIZE ? null : { of, all };
  }
  const names = parameters.map(({ name }) => name).sort();
  const endless = new Set(parameters.filter(({ unit }) => !Number.isFinite(unit.count)).map(({ name }) => name));
  const of = (params: Params) =>
    Object.keys(params).some((name) => endless.has(name)) ? null : JSON.stringify(names.map((name) => params[name]));
  return { of, all: null };
}

/** Null also where the conditions are too entangled to count. */
function numbered(space: CompiledSpace): GridIndex | null {
  try {
    return allConfigurations(space);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Configurations that have been tried. */
export class Tried {
  readonly #keys: ConfigurationKeys;
  readonly #free: FreeNumbers;
  readonly #others = new Set<string>();

  /** @param known keys of configurations that have been tried, as another said */
  constructor(keys: ConfigurationKeys, known: readonly (number | string)[] = []) {
    this.#keys = keys;
    this.#free = new FreeNumbers(keys.all?.size ?? 0);
    for (const key of known) this.#take(key);
  }

  /** The keys of all that have been tried. */
  all(): (number | string)[] {
    return [...this.#free.all(), ...this.#others];
  }

  /** Whether there is no other configuration left. */
  get isComplete(): boolean {
    return this.#keys.all !== null && this.#free.taken >= this.#keys.all.size;
  }

  has(params: Params): boolean {
    const key = this.#keys.of(params);
    return typeof key === 'number' ? !this.#free.has(key) : key !== null && this.#others.has(key);
  }

  add(params: Params): void {
    const key = this.#keys.of(params);
    if (key !== null) this.#take(key);
  }

  #take(key: number | string): void {
    if (typeof key === 'number') this.#free.take(key);
    else this.#others.add(key);
  }

  /**
   * The first configuration that neither this nor `others` has, from a part (0 to 1) of the list on; null when there is
   * none, or no list.
   */
  nextUntried(part: number, others?: Tried): ReturnType<GridIndex['at']> | null {
    const { all } = this.#keys;
    if (all === null) return null;
    let k = this.#free.from(Math.floor(part * all.size));
    for (let passed = 0; k !== null && others !== undefined && !others.#free.has(k); passed++) {
      if (passed === others.#free.taken) return null;
      k = this.#free.from((k + 1) % all.size);
    }
    return k === null ? null : all.at(k);
  }
}

/** Numbers from 0 to size - 1 of which more and more are taken; finds the next free one in nearly constant time. */
class FreeNumbers {
  readonly #size: number;
  /** Of a taken number, one further on that may be free; paths are shortened when they are walked. */
  readonly #next = new Map<number, number>();

  constructor(size: number) {
    this.#size = size;
  }

  get taken(): number {
    return this.#next.size;
  }

  /** Those taken. */
  all(): number[] {
    return [...this.#next.keys()];
  }

  has(k: number): boolean {
    return !this.#next.has(k);
  }

  take(k: number): void {
    if (this.has(k)) this.#next.set(k, k + 1);
  }

  /** The first free number from k on, from 0 again after the last; null when all are taken. */
  from(k: number): number | null {
    if (this.taken >= this.#size) return null;
    const found = this.#follow(k);
    return found < this.#size ? found : this.#follow(0);
  }

  #follow(k: number): number {
    let free = k;
    for (let next = this.#next.get(free); next !== undefined; next = this.#next.get(free)) free = next;
    for (let at = k; at !== free; ) {
      const next = this.#next.get(at)!;
      this.#next.set(at, free);
      at = next;
    }
    return free;
  }
}
