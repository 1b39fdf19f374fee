import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Params, type SearchSpace, spaceSchema } from '@caviar/spec';
import { compileSpace } from '../../space/compile-space.js';
import type { Problem } from '../problems/problem.js';
import { readTable, readText } from './npz.js';

/** One parameter as the archives describe it. */
interface Described {
  readonly name: string;
  readonly type: 'float' | 'int' | 'categorical';
  readonly low?: number;
  readonly high?: number;
  readonly log?: boolean;
  readonly choices?: readonly string[];
}

/** Full grids of trained networks: `y` by the numbers of the values, in the order of `space`. */
export function gridProblems(folder: string): Problem[] {
  return archivesIn(folder).map(({ name, path }) => {
    const { shape, values } = readTable(path, 'y');
    const described = describedIn(path);
    const evaluate = (params: Params) => {
      const at = described.reduce((index, { name }, d) => index * shape[d]! + Number(params[name]), 0);
      return finite(values[at]!);
    };
    return { name, space: spaceOf(described), evaluate, optimum: Math.min(...Array.from(values, finite)) };
  });
}

/**
 * Settings that were trained, `x`, with their learning curves, `y`: params come to what the setting nearest to them on
 * the scales came to at its last step.
 */
export function curveProblems(folder: string): Problem[] {
  return archivesIn(folder).map(({ name, path }) => {
    const x = readTable(path, 'x');
    const y = readTable(path, 'y');
    const [rows = 0, width = 0] = x.shape;
    const steps = y.shape[1] ?? 1;
    const space = spaceOf(describedIn(path));
    const { parameters } = compileSpace(space);
    const places = x.values.map((value, i) => parameters[i % width]!.unit.toUnit(value));
    const finals = Array.from({ length: rows }, (_, row) => finite(y.values[row * steps + steps - 1]!));
    const evaluate = (params: Params) => {
      const at = parameters.map((parameter) => parameter.unit.toUnit(params[parameter.name]!));
      let nearest = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let row = 0; row < rows; row++) {
        let distance = 0;
        for (let j = 0; j < width; j++) distance += (places[row * width + j]! - at[j]!) ** 2;
        if (distance < least) [nearest, least] = [row, distance];
      }
      return finals[nearest]!;
    };
    return { name, space, evaluate, optimum: Math.min(...finals) };
  });
}

function archivesIn(folder: string) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.npz'));
  return files.sort().map((file) => ({ name: file.replace('.npz', ''), path: join(folder, file) }));
}

function describedIn(path: string): readonly Described[] {
  return JSON.parse(readText(path, 'space')) as readonly Described[];
}

function spaceOf(described: readonly Described[]): SearchSpace {
  return spaceSchema.parse(Object.fromEntries(described.map((parameter) => [parameter.name, domainOf(parameter)])));
}

function domainOf({ type, low = 0, high = 0, log = false, choices = [] }: Described): unknown {
  if (type === 'categorical') return { kind: type, choices };
  return { kind: type, min: low, max: high, scale: log ? 'log' : 'linear' };
}

/** What diverged is as bad as it can be and still be told apart from what is missing. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 1e6;
}
