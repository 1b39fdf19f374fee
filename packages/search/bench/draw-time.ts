import { type Round, type SamplerSpec, type SearchSpec, spaceSchema } from '@caviar/spec';
import type { TrialRecord } from '../history.js';
import { decideRound, planSearch } from '../plan-search.js';
import { prepareSearch, suggest } from '../suggest.js';

// Microseconds of CPU time that a draw of ten parameters takes, by how many trials there were before, as a Markdown table on stdout.
// Usage: node draw-time.js

const AFTER = [0, 1_000, 10_000, 100_000];
const SUGGESTIONS = 20_000;

const space = spaceSchema.parse({
  ...Object.fromEntries(
    Array.from({ length: 6 }, (_, i) => [`x${i}`, { kind: 'float', min: 1e-4, max: 1, scale: 'log' }]),
  ),
  units: { kind: 'int', min: 16, max: 512, scale: 'log' },
  keep: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
  optimizer: { kind: 'categorical', choices: ['gd', 'adam', 'momentum'] },
  norm: { kind: 'categorical', choices: [true, false] },
});
const SAMPLERS: readonly SamplerSpec[] = [
  { kind: 'random' },
  { kind: 'sobol' },
  { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
];

console.log(`| sampler | ${AFTER.map((count) => `after ${count}`).join(' | ')} |`);
console.log(`| --- |${' --- |'.repeat(AFTER.length)}`);
for (const sampler of SAMPLERS) {
  const cells = AFTER.map((before) => timeDrawing(specOf(sampler, before), before).toFixed(2));
  console.log(`| ${sampler.kind} | ${cells.join(' | ')} |`);
}

function specOf(sampler: SamplerSpec, before: number): SearchSpec {
  return {
    name: 'bench',
    trainer: { kind: 'quadratic', params: {}, maxRetries: 0 },
    space,
    objective: { metric: 'cost', direction: 'minimize' },
    sampler,
    scheduler: { kind: 'fifo' },
    stop: { maxTrials: 3 * (before + SUGGESTIONS) },
    parallelism: 1,
    seed: 1,
    reproducibility: 'strict',
  };
}

/** Coarse-to-fine is asked in its last round where there are trials before, which it was decided from. */
function timeDrawing(spec: SearchSpec, before: number): number {
  const plan = planSearch(spec);
  const rounds: Round[] = [];
  for (const { index } of plan.rounds) {
    if (index > 0 && before === 0) break;
    rounds.push(decideRound(spec, plan, { index, rounds, spaceFirstNumber: 0, history: records(spec, 1_000) }));
  }
  const first = plan.rounds.length > 0 && before > 0 ? plan.rounds.at(-1)!.firstNumber : before;
  const context = prepareSearch(spec, { spaceFirstNumber: 0, rounds });
  suggest(context, first, first + SUGGESTIONS);
  const start = process.cpuUsage();
  for (let i = 0; i < 5; i++) suggest(context, first, first + SUGGESTIONS);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / (5 * SUGGESTIONS);
}

function records(spec: SearchSpec, count: number): TrialRecord[] {
  const drawn = suggest(prepareSearch({ ...spec, sampler: { kind: 'random' } }), 0, count);
  return drawn.map(({ number, params }) => ({
    number,
    params,
    status: 'completed',
    value: Math.log(Number(params['x0'])),
  }));
}
