import {
  checkSearchSpec,
  completeSearchSpec,
  type DatasetInfo,
  type Domain,
  findTrainer,
  type Params,
  type ParamValue,
  type SearchSpecInput,
  searchSpecInputSchema,
  type TrainerParameter,
} from '@caviar/spec';
import { expect, it } from 'vitest';
import { diagnose, nextSearch } from '../packages/diagnosis/index.js';
import { type Stream, stream } from '../packages/numerics/index.js';
import { checkSampler, prepareSearch, suggest } from '../packages/search/index.js';
import { clouds } from '../packages/training/fixtures/jobs.js';

// Searches drawn at random over all that the trainer can be told: fixed, ranged, listed, conditional. Whatever the search
// that is proposed next looks like, the API must take it.

const trainer = findTrainer('mlp')!;
const DATASETS: Readonly<Record<'classification' | 'regression', DatasetInfo>> = {
  classification: { ...clouds({ rows: 200, features: 6, classes: 3 }).info, image: { height: 2, width: 3 } },
  regression: { ...clouds({ rows: 200, features: 6, classes: null }).info, targetDeviation: 2 },
};
const LISTS: Readonly<Record<string, readonly ParamValue[]>> = {
  hiddenUnits: [3, 16_384, [4, 5], [], [16_384, 1]],
  keepProb: [1, 0.5, [0.5, 0.6], []],
  classWeights: ['none', 'balanced', [1, 2, 3]],
  augmentation: ['none', 'flip', ['flip', 'shift']],
};

function drawNumber(random: Stream, { kind, min = 0, max = 1, ...bounds }: TrainerParameter): number {
  const edge = random.below(4);
  if (edge === 0 && bounds.exclusiveMin !== true) return min;
  if (edge === 1 && bounds.exclusiveMax !== true) return max;
  // Most ranges are far wider than anyone searches.
  const most = Math.min(max, random.choice([1, 10, 1000]));
  const x = min + (most - min) * (0.001 + 0.998 * random.uniform());
  return kind === 'int' ? Math.max(min, Math.round(x)) : x;
}

function drawValue(random: Stream, parameter: TrainerParameter): ParamValue {
  if (parameter.kind === 'boolean') return random.below(2) === 1;
  if (parameter.kind === 'choice') return random.choice(parameter.choices!);
  return parameter.kind === 'list' ? random.choice(LISTS[parameter.name]!) : drawNumber(random, parameter);
}

function drawDomain(random: Stream, parameter: TrainerParameter): Domain {
  if ((parameter.kind === 'int' || parameter.kind === 'float') && random.below(5) > 0) {
    const [min = 0, max = 1] = [drawNumber(random, parameter), drawNumber(random, parameter)].sort((a, b) => a - b);
    const stepped = min < max && random.below(5) === 0;
    if (parameter.kind === 'int') {
      const step = stepped ? { step: 1 + random.below(max - min) } : {};
      return { kind: 'int', min, max, scale: random.choice(['linear', 'log'] as const), ...step };
    }
    const step = stepped ? { step: (max - min) / (1 + random.below(5)) } : {};
    return { kind: 'float', min, max, scale: random.choice(['linear', 'log', 'oneMinusLog'] as const), ...step };
  }
  const drawn = Array.from({ length: 4 }, () => drawValue(random, parameter));
  return {
    kind: 'categorical',
    choices: [...new Map(drawn.map((choice) => [JSON.stringify(choice), choice])).values()],
  };
}

/** A condition on a parameter that was drawn earlier, so that there are no circles. */
function drawCondition(random: Stream, space: Readonly<Record<string, Domain>>): Domain['when'] {
  const names = Object.keys(space);
  if (names.length === 0 || random.below(3) > 0) return undefined;
  const parent = random.choice(names);
  const domain = space[parent]!;
  if (domain.kind === 'float') return undefined;
  return { [parent]: [domain.kind === 'int' ? domain.min : random.choice(domain.choices)] };
}

function drawSearch(random: Stream, task: keyof typeof DATASETS): unknown {
  const space: Record<string, Domain> = {};
  const params: Record<string, ParamValue> = {};
  for (const parameter of trainer.parameters) {
    const fate = random.below(5);
    const when = drawCondition(random, space);
    if (fate < 2) space[parameter.name] = { ...drawDomain(random, parameter), ...(when !== undefined && { when }) };
    if (fate === 2) params[parameter.name] = drawValue(random, parameter);
  }
  const metric = random.choice(task === 'classification' ? ['dev.error', 'dev.accuracy'] : ['dev.rmse', 'dev.loss']);
  const one = { metric, direction: metric === 'dev.accuracy' ? 'maximize' : 'minimize' };
  const two = [one, { metric: 'train.loss', direction: 'minimize' }];
  const levels = Object.fromEntries(
    Object.keys(space)
      .slice(0, 3)
      .map((name) => [name, 2]),
  );
  return {
    trainer: { kind: 'mlp', dataset: 'clouds', params },
    space,
    objective: random.below(3) === 0 ? two : one,
    ...(random.below(3) === 0 && { constraints: [{ metric: 'train.loss', max: 3 }] }),
    sampler: random.choice([
      { kind: 'auto' },
      { kind: 'random' },
      { kind: 'grid', levels: 3 },
      { kind: 'grid', levels },
      { kind: 'sobol' },
      { kind: 'tpe' },
      { kind: 'gp' },
      { kind: 'cma-es' },
      { kind: 'nsga2' },
      { kind: 'coarse-to-fine', rounds: 3, base: 'gp' },
    ]),
    scheduler: random.choice([
      { kind: 'fifo' },
      { kind: 'median', warmup: 3, interval: 2 },
      { kind: 'successive-halving' },
      { kind: 'asha', minResource: 2 },
      { kind: 'asha', maxResource: 7 },
      { kind: 'hyperband' },
      { kind: 'pbt', population: 4, interval: 2 },
    ]),
    stop: { maxTrials: 20 },
    reproducibility: random.choice(['strict', 'throughput']),
  };
}

/** What the API has against a spec: null when it takes it. */
function refusalOf(given: unknown, task: keyof typeof DATASETS): unknown {
  const context = { trainer, dataset: DATASETS[task] };
  const parsed = searchSpecInputSchema.safeParse(given);
  if (!parsed.success) return parsed.error.issues;
  const issues = checkSearchSpec(parsed.data, context);
  if (issues.length > 0) return issues;
  const ofSampler = checkSampler(completeSearchSpec(parsed.data, context, 1));
  return ofSampler.length > 0 ? ofSampler : null;
}

const ERRORS = [
  [0.25, 0.26],
  [0.01, 0.25],
  [0.25, 0.6],
  [0.005, 0.01],
] as const;

it('is taken by the API after any search that was taken', () => {
  let taken = 0;
  for (let number = 0; taken < 300; number++) {
    const random = stream(2026, 'next search', number);
    const task = random.choice(['classification', 'regression'] as const);
    const given = drawSearch(random, task);
    if (refusalOf(given, task) !== null) continue;
    taken++;
    const context = { trainer, dataset: DATASETS[task] };
    const spec = completeSearchSpec(searchSpecInputSchema.parse(given), context, 1);
    const sampler = { kind: 'random' } as const;
    const { objectives: _, constraints: __, ...plain } = spec;
    const drawn = suggest(prepareSearch({ ...plain, sampler, scheduler: { kind: 'fifo' } }), 0, 12);
    const [train, dev] = random.choice(ERRORS);
    const name = task === 'regression' ? 'rmse' : 'error';
    const losses = Array.from({ length: 10 }, (_, epoch) => (number % 2 === 0 ? 1 : 1 / (epoch + 1)));
    const params: Params = { ...spec.trainer.params, ...drawn[0]!.params };
    const next = nextSearch({
      spec,
      trials: drawn
        .slice(0, random.choice([0, 1, 3, 12]))
        .map(({ params }, i) => ({ params, value: i % 5 === 4 ? null : i })),
      isImage: task === 'classification',
      diagnosis: diagnose({
        dataset: DATASETS[task],
        rows: { train: 1000, dev: 1000 },
        metrics: { [`train.${name}`]: 2 * train, [`dev.${name}`]: 2 * dev },
        params,
        curve: losses.map((loss, i) => ({ step: i + 1, metrics: { 'train.loss': loss } })),
      }),
    });
    const sent = JSON.parse(JSON.stringify(next.spec)) as SearchSpecInput;
    expect(refusalOf(sent, task), JSON.stringify({ given, sent })).toBeNull();
  }
});
