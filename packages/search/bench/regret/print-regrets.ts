import { median } from '@caviar/numerics';
import type { Problem } from '../problems/problem.js';
import { bestSoFar } from './best-so-far.js';
import { CONTENDERS, type Contender } from './contenders.js';
import { regretScale } from './scale.js';

const MARKS = [25, 50, 100];

export interface Choice {
  readonly seeds: number;
  readonly firstSeed: number;
  /** Names, comma separated; empty for all. */
  readonly samplers: string;
  readonly problems: string;
}

/** Prints a row per problem and a column per sampler: the medians over the seeds after 25, 50 and 100 trials. */
export function printRegrets(all: readonly Problem[], { seeds, firstSeed, samplers, problems }: Choice): void {
  const contenders = chosen(CONTENDERS, samplers);
  console.log(`| function | ${contenders.map(({ name }) => name).join(' | ')} |`);
  console.log(`| --- |${' --- |'.repeat(contenders.length)}`);
  for (const problem of chosen(all, problems)) {
    const regret = regretScale(problem);
    const cells = contenders.map((contender) => {
      const runs = Array.from({ length: seeds }, (_, i) => run(problem, contender, firstSeed + i));
      return MARKS.map((mark) => show(median(runs.map((best) => regret(bestAfter(best, mark * contender.perTrial))))));
    });
    console.log(`| ${problem.name} | ${cells.map((cell) => cell.join(' / ')).join(' | ')} |`);
  }
}

function run(problem: Problem, { sampler, perTrial }: Contender, seed: number): number[] {
  return bestSoFar(problem, { sampler, trials: Math.max(...MARKS) * perTrial, seed });
}

/** A grid may be at its end before. */
function bestAfter(best: readonly number[], trials: number): number {
  return best[Math.min(trials, best.length) - 1]!;
}

function chosen<T extends { readonly name: string }>(all: readonly T[], names: string): readonly T[] {
  return names === '' ? all : all.filter(({ name }) => names.split(',').includes(name));
}

function show(regret: number): string {
  return regret.toPrecision(2).replace(/^0\./, '.').replace(/e-0?/, 'e-');
}
