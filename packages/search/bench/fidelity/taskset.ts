import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '@caviar/numerics';
import { spaceSchema } from '@caviar/spec';
import { readTable } from '../tables/npz.js';
import type { CurveTask } from './task.js';

/**
 * Tables of learning curves (TaskSet, Metz et al., 2020): `*.npz` with `y`, configurations x steps. A trial is a row drawn
 * by lot.
 */
export function tasksetTasks(folder: string): CurveTask[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.npz'));
  return files.sort().map((file) => {
    const { shape, values } = readTable(join(folder, file), 'y');
    const [rows = 0, steps = 0] = shape;
    const finals = Array.from({ length: rows }, (_, row) => values[row * steps + steps - 1]!).filter(Number.isFinite);
    return {
      name: file.replace('.npz', ''),
      problem: { space: spaceSchema.parse({ row: { kind: 'int', min: 0, max: rows - 1 } }) },
      steps,
      value: ({ params }, step) => values[Number(params['row']) * steps + step - 1]!,
      best: Math.min(...finals),
      middle: median(finals),
    };
  });
}
