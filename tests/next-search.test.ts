import {
  checkSearchSpec,
  completeSearchSpec,
  type Domain,
  findTrainer,
  type Params,
  type SearchSpecInput,
  searchSpecInputSchema,
} from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { forbiddenContent } from '../packages/contracts/index.js';
import { diagnose, nextSearch } from '../packages/diagnosis/index.js';
import { checkSampler, prepareSearch, suggest } from '../packages/search/index.js';
import { clouds } from '../packages/training/fixtures/jobs.js';

// The search that a diagnosis proposes must be one that the API takes, whatever the search was that it comes from.

const trainer = findTrainer('mlp')!;
const DATASETS = {
  classification: {
    ...clouds({ rows: 200, features: 6, classes: 3 }).info,
    image: { height: 2, width: 3, channels: 1 },
  },
  regression: { ...clouds({ rows: 200, features: 6, classes: null }).info, targetDeviation: 2 },
} as const;

const learningRate: Domain = { kind: 'float', min: 1e-4, max: 1, scale: 'log' };
const optimizer: Domain = { kind: 'categorical', choices: ['gd', 'momentum', 'adam'] };
const units: Domain = { kind: 'int', min: 4, max: 64, scale: 'log' };

/** Space and fixed params. */
const SPACES: Readonly<Record<string, { readonly space: Record<string, Domain>; readonly params?: Params }>> = {
  'one parameter': { space: { learningRate } },
  'regularisation alone': {
    space: {
      l2: { kind: 'float', min: 0.01, max: 10, scale: 'log' },
      keepProb: { kind: 'float', min: 0.5, max: 1, scale: 'linear' },
    },
    params: { optimizer: 'gd', inputKeepProb: 0.9, l1: 1 },
  },
  'no hidden layer': { space: { learningRate }, params: { hiddenLayers: 0 } },
  'an empty list of layers': { space: { learningRate }, params: { hiddenUnits: [] } },
  'a list of layers, each with its own keepProb': {
    space: { learningRate },
    params: { hiddenUnits: [32, 16], keepProb: [0.8, 0.9] },
  },
  'networks as large as they may be': { space: { learningRate }, params: { hiddenUnits: [16_384], epochs: 100_000 } },
  'lists of layers to choose from': {
    space: { hiddenUnits: { kind: 'categorical', choices: [[8], [16, 8], [64, 32, 16]] }, learningRate },
  },
  'depth and width': {
    space: { hiddenLayers: { kind: 'int', min: 0, max: 4, scale: 'linear' }, hiddenUnits: units, learningRate },
  },
  'epochs that are searched': {
    space: {
      epochs: { kind: 'int', min: 1, max: 40, scale: 'log' },
      learningRate,
      hiddenUnits: { ...units, step: 4, scale: 'linear' },
    },
  },
  conditions: {
    space: {
      optimizer,
      learningRate,
      beta2: { kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog', when: { optimizer: ['adam'] } },
      hiddenUnits: { kind: 'categorical', choices: [8, 32, 128] },
      keepProb: { kind: 'float', min: 0.5, max: 1, scale: 'linear', when: { hiddenUnits: [128] } },
      batchNorm: { kind: 'categorical', choices: [true, false] },
      l2: { kind: 'float', min: 0.01, max: 10, scale: 'log', when: { batchNorm: [false] } },
    },
  },
  'conditions on whole numbers': {
    space: {
      hiddenLayers: { kind: 'int', min: 1, max: 3, scale: 'linear' },
      hiddenUnits: units,
      l2: { kind: 'categorical', choices: [0, 1] },
      keepProb: { kind: 'float', min: 0.5, max: 1, scale: 'linear', when: { hiddenUnits: [64] } },
      l1: { kind: 'float', min: 0.1, max: 1, scale: 'log', when: { l2: [0] } },
    },
  },
};

const SAMPLERS: readonly SearchSpecInput['sampler'][] = [
  { kind: 'auto' },
  { kind: 'random' },
  { kind: 'grid', levels: 2 },
  { kind: 'sobol' },
  { kind: 'tpe', startup: 5, candidates: 8 },
  { kind: 'gp', startup: 5 },
  { kind: 'cma-es' },
  { kind: 'coarse-to-fine', rounds: 2, shrink: 0.4, top: 0.2, base: 'sobol' },
];
const SCHEDULERS: readonly SearchSpecInput['scheduler'][] = [
  { kind: 'fifo' },
  { kind: 'median', startup: 3, warmup: 5 },
  { kind: 'asha', minResource: 5, eta: 3 },
  { kind: 'hyperband', minResource: 1, eta: 3 },
  { kind: 'pbt', population: 4, quantile: 0.25, factors: [0.8, 1.2], resample: 0.25 },
];
const VERDICTS = {
  'high bias': [0.25, 0.26],
  'high variance': [0.01, 0.25],
  both: [0.25, 0.6],
  neither: [0.005, 0.01],
} as const;

interface Case {
  readonly task: keyof typeof DATASETS;
  readonly given: SearchSpecInput;
  readonly verdict: keyof typeof VERDICTS;
}

/** Issues of the next search; null when the search itself is none. */
function issuesOfNext({ task, given, verdict }: Case) {
  const dataset = DATASETS[task];
  const context = { trainer, dataset };
  const input = searchSpecInputSchema.parse(given);
  if (checkSearchSpec(input, context).length > 0) return null;
  const spec = completeSearchSpec(input, context, 1);
  if (checkSampler(spec).length > 0) return null;
  const drawn = suggest(prepareSearch({ ...spec, sampler: { kind: 'random' }, scheduler: { kind: 'fifo' } }), 0, 12);
  const [train, dev] = VERDICTS[verdict];
  const metrics =
    task === 'regression'
      ? { 'train.rmse': 2 * train, 'dev.rmse': 2 * dev }
      : { 'train.error': train, 'dev.error': dev };
  const best = drawn[0]!;
  const next = nextSearch({
    spec,
    trials: drawn.map(({ params }, i) => ({ params, value: i === 11 ? null : i / 12 })),
    isImage: task === 'classification',
    diagnosis: diagnose({
      dataset,
      rows: { train: 10_000, dev: 10_000 },
      metrics,
      params: { ...spec.trainer.params, ...best.params },
    }),
  });
  expect(forbiddenContent(next.spec)).toEqual([]);
  const parsed = searchSpecInputSchema.parse(JSON.parse(JSON.stringify(next.spec)));
  const issues = checkSearchSpec(parsed, context);
  return issues.length > 0 ? issues : checkSampler(completeSearchSpec(parsed, context, 1));
}

describe.each(Object.keys(SPACES))('the next search after one of %s', (name) => {
  it('can be POSTed as it is, whatever the verdict, the task, the sampler and the scheduler', () => {
    const { space, params = {} } = SPACES[name]!;
    let searches = 0;
    for (const task of ['classification', 'regression'] as const) {
      for (const sampler of SAMPLERS) {
        for (const scheduler of SCHEDULERS) {
          for (const verdict of Object.keys(VERDICTS) as (keyof typeof VERDICTS)[]) {
            const given: SearchSpecInput = {
              trainer: { kind: 'mlp', dataset: 'clouds', params: { epochs: 20, ...params }, maxRetries: 0 },
              space,
              sampler,
              scheduler,
              stop: { maxTrials: 20 },
              parallelism: 4,
              reproducibility: 'strict',
            };
            if (space['epochs'] !== undefined) given.trainer.params = { ...params };
            const issues = issuesOfNext({ task, given, verdict });
            if (issues === null) continue;
            searches++;
            expect(issues, JSON.stringify({ task, sampler, scheduler, verdict })).toEqual([]);
          }
        }
      }
    }
    expect(searches).toBeGreaterThanOrEqual(100);
  });
});

describe('the next search', () => {
  const base: SearchSpecInput = {
    trainer: { kind: 'mlp', dataset: 'clouds', params: { epochs: 20 }, maxRetries: 0 },
    space: { learningRate, hiddenUnits: units },
    sampler: { kind: 'tpe', startup: 5, candidates: 8 },
    scheduler: { kind: 'fifo' },
    stop: { maxTrials: 20 },
    parallelism: 4,
    reproducibility: 'strict',
  };

  it.each([
    ['trials given to be tried first', { trials: [{ learningRate: 0.5, hiddenUnits: 4 }] }],
    ['a warm start', { warmStart: { searches: ['an-earlier-one'] } }],
    ['a target value and a limit of time', { stop: { maxTrials: 20, targetValue: 0.01, maxDurationMs: 1000 } }],
    ['constraints', { constraints: [{ metric: 'train.error', max: 0.2 }] }],
    [
      'several objectives',
      {
        objective: [
          { metric: 'dev.error', direction: 'minimize' },
          { metric: 'dev.loss', direction: 'minimize' },
        ],
      },
    ],
    ['a long name of emoji', { name: `x${'🐟'.repeat(199)}` }],
    ['the notes ratios and the greatest seed', { seed: Number.MAX_SAFE_INTEGER, name: 'x'.repeat(200) }],
    ['rungs that were counted by hand', { scheduler: { kind: 'asha', minResource: 1, eta: 3, maxResource: 20 } }],
  ] as const)('can be POSTed after one with %s', (_, extra) => {
    for (const verdict of Object.keys(VERDICTS) as (keyof typeof VERDICTS)[]) {
      const given = { ...base, ...extra } as SearchSpecInput;
      expect(issuesOfNext({ task: 'classification', given, verdict })).toEqual([]);
    }
  });

  it('does not stop short of the networks that were tried before', () => {
    const context = { trainer, dataset: DATASETS.classification };
    const spec = completeSearchSpec(searchSpecInputSchema.parse(base), context, 1);
    const { spec: next } = nextSearch({
      spec,
      // The best has four units of 4 to 64: four times as many would be fewer than were tried.
      trials: [4, 11, 23, 60].map((hiddenUnits, i) => ({ params: { learningRate: 0.01, hiddenUnits }, value: i })),
      isImage: false,
      diagnosis: diagnose({
        dataset: DATASETS.classification,
        rows: { train: 10_000, dev: 10_000 },
        metrics: { 'train.error': 0.25, 'dev.error': 0.26 },
        params: { epochs: 20, learningRate: 0.01, hiddenUnits: 4 },
      }),
    });
    expect(next.space['hiddenUnits']).toMatchObject({ min: 4, max: 64 });
  });
});
