import { createInterface } from 'node:readline';
import type { Params } from '@caviar/spec';
import { PROBLEMS } from './problems/index.js';
import { regretScale } from './regret/scale.js';

// The functions for programs in other languages (optuna_regret.py): prints their names and spaces as one line of JSON, then for
// each line {"problem", "params"} on stdin the normalised regret of these params.
console.log(JSON.stringify(PROBLEMS.map(({ name, space }) => ({ name, space }))));

const scales = new Map(PROBLEMS.map((problem) => [problem.name, { problem, regret: regretScale(problem) }]));
for await (const line of createInterface({ input: process.stdin })) {
  const { problem: name, params } = JSON.parse(line) as { problem: string; params: Params };
  const found = scales.get(name);
  if (found === undefined) throw new RangeError(`there is no problem ${name}`);
  console.log(JSON.stringify(found.regret(found.problem.evaluate(params))));
}
