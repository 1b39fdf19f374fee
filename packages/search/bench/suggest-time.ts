import { median, stream } from '@caviar/numerics';
import { type SamplerSpec, type SearchSpec, spaceSchema } from '@caviar/spec';
import { randomDraw } from '../samplers/random.js';
import { compileSpace } from '../space/compile-space.js';
import { observe, startLearning, suggestNext } from '../suggest.js';

// Milliseconds of CPU time that a suggestion of a learning sampler takes, the outcome before it observed, with ten parameters: medians over 50
// suggestions and, in brackets, their means, refits counted in, as a Markdown table on stdout. Usage: node suggest-time.js [trials so far,...] [JSON of a sampler]

const [sizes = '100,1000,10000', sampler = '{"kind":"tpe","startup":10,"candidates":24}'] = process.argv.slice(2);
const SUGGESTIONS = 50;

const SPACES = {
  'ten floats': spaceSchema.parse(
    Object.fromEntries(names(10).map((name) => [name, { kind: 'float', min: 0, max: 1 }])),
  ),
  'five floats, three ints, two choices': spaceSchema.parse({
    ...Object.fromEntries(names(5).map((name) => [name, { kind: 'float', min: 0, max: 1 }])),
    units: { kind: 'int', min: 8, max: 512, scale: 'log' },
    layers: { kind: 'int', min: 1, max: 12 },
    batch: { kind: 'int', min: 16, max: 256, step: 16 },
    optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
    norm: { kind: 'categorical', choices: [true, false] },
  }),
};

console.log(`| trials so far | ${Object.keys(SPACES).join(' | ')} |`);
console.log(`| --- |${' --- |'.repeat(Object.keys(SPACES).length)}`);
for (const size of sizes.split(',').map(Number)) {
  const cells = Object.values(SPACES).map((space) => millisecondsAt(size, space));
  console.log(`| ${size} | ${cells.join(' | ')} |`);
}

function millisecondsAt(size: number, space: SearchSpec['space']): string {
  const spec: SearchSpec = {
    name: 'suggest-time',
    trainer: { kind: 'mlp', dataset: '', params: {}, maxRetries: 0 },
    space,
    objective: { metric: 'value', direction: 'minimize' },
    sampler: JSON.parse(sampler) as SamplerSpec,
    scheduler: { kind: 'fifo' },
    stop: { maxTrials: size + SUGGESTIONS },
    parallelism: 1,
    seed: 1,
    reproducibility: 'strict',
  };
  const learning = startLearning(spec);
  if (learning === null) throw new TypeError(`${sampler} does not learn`);
  const draw = randomDraw(compileSpace(space), 1);
  const random = stream(1, 'value');
  const outcome = (number: number) =>
    ({ number, params: draw(number), status: 'completed', value: random.uniform(), step: 1 }) as const;
  observe(
    learning,
    Array.from({ length: size }, (_, number) => outcome(number)),
  );
  const times = Array.from({ length: SUGGESTIONS }, (_, i) => {
    const before = process.cpuUsage();
    suggestNext(learning, size + i, []);
    observe(learning, [outcome(size + i)]);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return `${median(times).toFixed(2)} (${mean.toFixed(2)})`;
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, j) => `x${j}`);
}
