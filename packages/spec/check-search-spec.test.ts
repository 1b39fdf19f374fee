import { describe, expect, it } from 'vitest';
import { checkSearchSpec, completeSearchSpec, type SpecContext } from './check-search-spec.js';
import type { DatasetInfo } from './dataset.js';
import { searchSpecInputSchema } from './search-spec.js';
import { commandTrainer } from './trainers/command.js';
import { externalTrainer } from './trainers/external.js';
import { mlpTrainer } from './trainers/mlp.js';
import { quadraticTrainer } from './trainers/quadratic.js';

const digits: DatasetInfo = {
  id: 'digits',
  name: 'digits',
  description: 'Handwritten digits',
  task: 'classification',
  rows: 1797,
  features: 64,
  classes: 10,
  classNames: null,
  image: { height: 8, width: 8 },
  checksum: 'sha256:0',
  source: 'test',
  licence: 'test',
  builtIn: true,
};
const mlp: SpecContext = { trainer: mlpTrainer, dataset: digits };
const quadratic: SpecContext = { trainer: quadraticTrainer, dataset: null };

const minimal = {
  trainer: { kind: 'mlp', dataset: 'digits' },
  space: { learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' } },
  stop: { maxTrials: 10 },
};

function issuesOf(changes: object, context: SpecContext = mlp): string[] {
  const spec = searchSpecInputSchema.parse({ ...minimal, ...changes });
  return checkSearchSpec(spec, context).map(({ path, message }) => `/${path.join('/')}: ${message}`);
}

describe('a data set that cannot be split', () => {
  const issues = (changes: Partial<DatasetInfo>) => issuesOf({}, { ...mlp, dataset: { ...digits, ...changes } });
  const end = 'too few for one in each of train, dev and test';

  it('is refused for its rows, its groups, or its classes, of which ten are named', () => {
    expect(issues({ task: 'regression', classes: null, rows: 2 })).toEqual([
      `/trainer/dataset: the data set has 2 rows, ${end}`,
    ]);
    expect(issues({ groups: 1 })).toEqual([`/trainer/dataset: the data set has 1 group, ${end}`]);
    expect(issues({ classRows: [5, 2] })).toEqual([`/trainer/dataset: the class "1" has 2 rows, ${end}`]);
    const many = issues({ classRows: new Array<number>(900).fill(1) });
    expect(many).toHaveLength(11);
    expect(many.at(-1)).toBe('/trainer/dataset: so have 890 more classes');
  });
});

describe('the sources of a split', () => {
  const trainer = {
    kind: 'mlp',
    dataset: 'digits',
    split: { train: 0.6, dev: 0.2, test: 0.2, sources: ['app', 'post'] },
  };

  it('must be some of the data set', () => {
    expect(issuesOf({ trainer })[0]).toBe('/trainer/split/sources/0: digits does not tell its sources');
    const sources = ['web', 'app'].map((name) => ({ name, rows: 10 }));
    const context = { ...mlp, dataset: { ...digits, sources } };
    expect(issuesOf({ trainer }, context)).toEqual(['/trainer/split/sources/1: is none of web, app']);
  });

  it('are those of a test part that came with the data: dev and test must be of one distribution', () => {
    const sources = ['web', 'app'].map((name) => ({ name, rows: 1000 }));
    const testSources = [
      { name: 'web', rows: 0 },
      { name: 'app', rows: 50 },
    ];
    const context = { ...mlp, dataset: { ...digits, sources, testRows: 50, testSources } };
    const split = { train: 0.8, dev: 0.2 };
    const refused =
      '/trainer/split/sources: dev and test must come from the same sources: the test part of "digits" comes from "app", so sources must be ["app"]';
    expect(issuesOf({ trainer: { ...trainer, split } }, context)).toEqual([refused]);
    expect(issuesOf({ trainer: { ...trainer, split: { ...split, sources: ['web'] } } }, context)).toEqual([refused]);
    expect(issuesOf({ trainer: { ...trainer, split: { ...split, sources: ['app'] } } }, context)).toEqual([]);
    // Without a split: the default one draws dev from all sources.
    expect(issuesOf({}, context)).toEqual([refused]);
  });
});

const mlpNames = mlpTrainer.parameters.map(({ name }) => name).join(', ');
const mlpMetrics = mlpTrainer.metrics
  .filter(({ task }) => task !== 'regression')
  .map(({ name }) => name)
  .join(', ');

describe('checkSearchSpec', () => {
  it('has nothing against a spec that makes sense', () => {
    expect(issuesOf({})).toEqual([]);
    expect(
      issuesOf({
        trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 3, hiddenUnits: [32, 16], batchSize: 'full' } },
        space: {
          keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
          hiddenLayers: { kind: 'int', min: 0, max: 3 },
          optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
        },
        sampler: { kind: 'coarse-to-fine', rounds: 10 },
        objective: { metric: 'train.loss', direction: 'minimize' },
      }),
    ).toEqual([]);
    expect(
      issuesOf({ trainer: { kind: 'quadratic' }, space: { start: { kind: 'float', min: 0, max: 9 } } }, quadratic),
    ).toEqual([]);
  });

  it('takes any parameter of code that is not ours, which must name its objective and a registered program', () => {
    const external: SpecContext = { trainer: externalTrainer, dataset: null };
    const objective = { metric: 'loss', direction: 'minimize' };
    const trainer = { kind: 'external', params: { anything: [1, 2] } };
    expect(issuesOf({ trainer, objective }, external)).toEqual([]);
    expect(issuesOf({ trainer: { kind: 'external', params: { learningRate: 1 } } }, external)).toEqual([
      '/trainer/params/learningRate: is fixed here and searched in space',
      '/objective: is needed: the trainer external reports what your code reports',
    ]);
    const command = { trainer: { kind: 'command', program: 'a' }, objective };
    expect(issuesOf(command, { trainer: commandTrainer, dataset: null, programs: ['a', 'b'] })).toEqual([]);
    expect(issuesOf(command, { trainer: commandTrainer, dataset: null, programs: ['b', 'c'] })).toEqual([
      '/trainer/program: no program "a" is registered; there are b, c',
    ]);
    expect(issuesOf(command, { trainer: commandTrainer, dataset: null, programs: [] })).toEqual([
      '/trainer/program: no program "a" is registered; none is (see CAVIAR_PROGRAMS)',
    ]);
  });

  it.each<[string, object, SpecContext, string[]]>([
    [
      'a data set that is not there',
      {},
      { ...mlp, dataset: null },
      ['/trainer/dataset: there is no data set "digits"'],
    ],
    [
      'a searched parameter the trainer lacks',
      { space: { depth: { kind: 'int', min: 1, max: 3 } } },
      mlp,
      [`/space/depth: the trainer mlp has no parameter "depth"; it has ${mlpNames}`],
    ],
    [
      'a fixed parameter the trainer lacks',
      { trainer: { kind: 'mlp', dataset: 'digits', params: { toString: 1 } } },
      mlp,
      [`/trainer/params/toString: the trainer mlp has no parameter "toString"; it has ${mlpNames}`],
    ],
    [
      'a parameter both fixed and searched',
      { trainer: { kind: 'mlp', dataset: 'digits', params: { learningRate: 0.1 } } },
      mlp,
      ['/trainer/params/learningRate: is fixed here and searched in space'],
    ],
    [
      'an objective that is not reported',
      { objective: { metric: 'accuracy', direction: 'maximize' } },
      mlp,
      [`/objective/metric: the trainer mlp reports no metric "accuracy"; it reports ${mlpMetrics}`],
    ],
    [
      'levels for a parameter that is not searched',
      { sampler: { kind: 'grid', levels: { epochs: 3, learningRate: 2 } } },
      mlp,
      ['/sampler/levels/epochs: there is no parameter "epochs" in the space'],
    ],
    [
      'coarse-to-fine without a number of trials',
      { sampler: { kind: 'coarse-to-fine' }, stop: { maxDurationMs: 1000 } },
      mlp,
      ['/stop/maxTrials: coarse-to-fine needs it: the rounds share it out'],
    ],
    [
      'more rounds than trials',
      { sampler: { kind: 'coarse-to-fine', rounds: 11 } },
      mlp,
      ['/sampler/rounds: must not be more than stop.maxTrials (10)'],
    ],
  ])('refuses %s', (_, changes, context, issues) => {
    expect(issuesOf(changes, context)).toEqual(issues);
  });

  it.each<[string, object, string[]]>([
    [
      'a fixed value out of range',
      { trainer: { kind: 'mlp', dataset: 'digits', params: { keepProb: 0 } } },
      ['/trainer/params/keepProb'],
    ],
    [
      'a lower bound out of range',
      { space: { inputKeepProb: { kind: 'float', min: 0, max: 1 } } },
      ['/space/inputKeepProb/min'],
    ],
    [
      'both bounds out of range',
      { space: { beta1: { kind: 'float', min: -1, max: 1 } } },
      ['/space/beta1/min', '/space/beta1/max'],
    ],
    [
      'a choice out of range',
      { space: { optimizer: { kind: 'categorical', choices: ['adam', 'adagrad', 3] } } },
      ['/space/optimizer/choices/1', '/space/optimizer/choices/2'],
    ],
    [
      'fractions of a whole-number parameter',
      { space: { epochs: { kind: 'float', min: 1, max: 3 } } },
      ['/space/epochs/kind'],
    ],
    [
      'numbers for a word',
      { space: { activation: { kind: 'int', min: 1, max: 3 } } },
      ['/space/activation/min', '/space/activation/max'],
    ],
  ])('refuses %s', (_, changes, pointers) => {
    expect(issuesOf(changes).map((issue) => issue.split(': ')[0])).toEqual(pointers);
  });
});

describe('completeSearchSpec', () => {
  const complete = (changes: object, context: SpecContext = mlp) =>
    completeSearchSpec(searchSpecInputSchema.parse({ ...minimal, ...changes }), context, 7);

  it('fills in every default', () => {
    expect(complete({})).toEqual({
      name: 'mlp on digits',
      trainer: {
        kind: 'mlp',
        dataset: 'digits',
        params: {},
        maxRetries: 2,
        split: { train: 0.6, dev: 0.2, test: 0.2 },
      },
      space: minimal.space,
      objective: { metric: 'dev.error', direction: 'minimize' },
      sampler: { kind: 'auto' },
      scheduler: { kind: 'fifo' },
      stop: { maxTrials: 10 },
      parallelism: 8,
      seed: 7,
      reproducibility: 'strict',
    });
  });

  it('leaves alone what is given', () => {
    const given = { name: 'mine', seed: 0, objective: { metric: 'dev.loss', direction: 'minimize' as const } };
    const split = { train: 0.5, dev: 0.5, test: 0 };
    const spec = complete({ ...given, trainer: { kind: 'mlp', dataset: 'digits', split } });
    expect(spec).toMatchObject(given);
    expect(spec.trainer).toMatchObject({ split });
  });

  it('refuses objectives and constraints that the data set has no use for', () => {
    const regression: SpecContext = { trainer: mlpTrainer, dataset: { ...digits, task: 'regression', classes: null } };
    const of = (metric: string) => ({
      objective: { metric, direction: 'minimize' },
      constraints: [{ metric, max: 1 }],
    });
    expect(issuesOf(of('dev.rmse'), regression)).toEqual([]);
    expect(issuesOf(of('dev.loss'), regression)).toEqual([]);
    expect(issuesOf(of('dev.error'))).toEqual([]);
    const reports = 'whose task is regression; it reports dev.loss, train.loss, dev.rmse, train.rmse';
    expect(issuesOf(of('dev.error'), regression)).toEqual([
      `/objective/metric: the trainer mlp reports no metric "dev.error" for digits, ${reports}`,
      `/constraints/0/metric: the trainer mlp reports no metric "dev.error" for digits, ${reports}`,
    ]);
    const both = [
      { metric: 'dev.loss', direction: 'minimize' },
      { metric: 'train.rmse', direction: 'minimize' },
    ];
    expect(issuesOf({ objective: both })).toEqual([
      `/objective/1/metric: the trainer mlp reports no metric "train.rmse" for digits, whose task is classification; it reports ${mlpMetrics}`,
    ]);
  });

  it('takes the objective of a regression, and of a trainer without data', () => {
    const regression: SpecContext = { trainer: mlpTrainer, dataset: { ...digits, task: 'regression' } };
    expect(complete({}, regression).objective).toEqual({ metric: 'dev.rmse', direction: 'minimize' });
    expect(complete({ trainer: { kind: 'quadratic' } }, quadratic)).toMatchObject({
      name: 'quadratic',
      objective: { metric: 'cost', direction: 'minimize' },
    });
  });
});

describe('legal values that make no sense together', () => {
  const fixed = (params: object, space: object = {}) =>
    issuesOf({ trainer: { ...minimal.trainer, params }, space: { ...minimal.space, ...space } });

  it.each([
    [{ hiddenUnits: [3, 4], hiddenLayers: 1 }, 'hiddenLayers: is 1, but hiddenUnits lists 2 layers'],
    [{ keepProb: [0.5, 0.5] }, 'keepProb: lists 2 values, but there is 1 hidden layer'],
    [{ keepProb: [0.5], hiddenUnits: [] }, 'keepProb: lists 1 values, but there are 0 hidden layers'],
    [{ keepProb: [0.5], hiddenLayers: 3 }, 'keepProb: lists 1 values, but there are 3 hidden layers'],
    [{ batchNorm: true, batchSize: 1 }, 'batchSize: must be at least 2 with batchNorm'],
    [{ lrDecay: 'exponential', decayRate: 1.5 }, 'decayRate: must be at most 1 for the exponential decay'],
    [{ lrDecay: 'staircase', decayRate: 1.5 }, 'decayRate: must be at most 1 for the staircase decay'],
  ])('are refused before a trial is wasted on them: %j', (params, message) => {
    expect(fixed(params)).toEqual([expect.stringContaining(`/trainer/params/${message}`)]);
  });

  it.each([
    [{ hiddenUnits: [3, 4], hiddenLayers: 2, keepProb: [0.5, 1] }, {}],
    [{ batchNorm: false, batchSize: 1, lrDecay: 'inverseTime', decayRate: 1.5 }, {}],
    [{ batchSize: 1 }, { batchNorm: { kind: 'categorical', choices: [true, false] } }],
    [{ keepProb: [0.5, 0.5] }, { hiddenLayers: { kind: 'int', min: 1, max: 3 } }],
    [{ decayRate: 1.5 }, { lrDecay: { kind: 'categorical', choices: ['inverseTime', 'staircase'] } }],
  ])('are left alone while one of them is searched, and where they do agree: %j, %j', (params, space) => {
    expect(fixed(params, space)).toEqual([]);
  });
});

describe('trials given to be tried first', () => {
  it('are refused where their values make no sense together, or with what is fixed', () => {
    const space = {
      batchNorm: { kind: 'categorical', choices: [true, false] },
      batchSize: { kind: 'int', min: 1, max: 64 },
    };
    const trials = [
      { batchNorm: false, batchSize: 1 },
      { batchNorm: true, batchSize: 1 },
    ];
    expect(issuesOf({ space, trials })).toEqual([expect.stringMatching(/^\/trials\/1\/batchSize: must be at least 2/)]);
    const fixed = { ...minimal.trainer, params: { batchSize: 1 } };
    expect(issuesOf({ space: { batchNorm: space.batchNorm }, trainer: fixed, trials: [{ batchNorm: true }] })).toEqual([
      expect.stringMatching(/^\/trials\/0: batchSize must be at least 2/),
    ]);
  });
});

describe('legal values that make no sense for the data set', () => {
  const table: SpecContext = { ...mlp, dataset: { ...digits, image: null } };
  const plane: SpecContext = { ...mlp, dataset: { ...digits, task: 'regression', classes: null } };
  const fixed = (params: object, context: SpecContext) =>
    issuesOf({ trainer: { ...minimal.trainer, params } }, context);

  it.each([
    ['augmentation', 'flip', table, 'must be "none": digits is not a set of pictures'],
    ['augmentation', ['shift', 'crop'], table, 'must be "none": digits is not a set of pictures'],
    ['classWeights', [1, 2], mlp, 'lists 2 values, but there are 10 classes'],
    ['classWeights', 'balanced', plane, 'must be "none" for regression: there are no classes'],
  ] as const)('%s %j', (name, value, context, message) => {
    expect(fixed({ [name]: value }, context)).toEqual([`/trainer/params/${name}: ${message}`]);
    const space = { ...minimal.space, [name]: { kind: 'categorical', choices: ['none', value] } };
    expect(issuesOf({ space }, context)).toEqual([`/space/${name}/choices/1: ${message}`]);
    expect(fixed({ [name]: 'none' }, context)).toEqual([]);
  });
});
