import {
  domainSchema,
  objectiveSchema,
  paramValueSchema,
  samplerSpecSchema,
  schedulerSpecSchema,
  searchSpecInputSchema,
  searchStatusSchema,
  spaceSchema,
  splitSchema,
  stopSchema,
  trainerSpecSchema,
  trialStatusSchema,
} from '@caviar/spec';
import { z } from 'zod';
import { exampleSpec } from './examples.js';
import { named } from './named.js';

named(paramValueSchema, {
  id: 'ParamValue',
  description: 'Value of a hyperparameter: a JSON scalar, or a flat list of them (one per layer, for example).',
  examples: [0.001, 'adam', [64, 32]],
});
named(domainSchema, {
  id: 'Domain',
  description:
    'Values that a parameter may take, both bounds included. `log` draws evenly in log x, `oneMinusLog` in log(1 - x).',
  examples: [
    { kind: 'float', min: 0.0001, max: 1, scale: 'log' },
    { kind: 'int', min: 16, max: 512, scale: 'log' },
    { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
  ],
});
named(spaceSchema, {
  id: 'SearchSpace',
  description:
    'Domains by parameter name, 200 at most. A parameter with `when` exists only where its parents have one of the values.',
  examples: [exampleSpec.space],
});
named(splitSchema, {
  id: 'Split',
  description: 'Shares of the data set; they add up to 1. Left out, they follow its size.',
  examples: [{ train: 0.6, dev: 0.2, test: 0.2 }],
});
named(trainerSpecSchema, {
  id: 'TrainerSpec',
  description: 'What trains, on what, and the parameters that are not searched. `GET /v1/trainers` lists them.',
  examples: [exampleSpec.trainer, { kind: 'quadratic' }, { kind: 'external', params: { epochs: 20 } }],
});
named(objectiveSchema, {
  id: 'Objective',
  description: "The metric to optimise. Left out, the trainer's own.",
  examples: [{ metric: 'dev.error', direction: 'minimize' }],
});
named(samplerSpecSchema, {
  id: 'SamplerSpec',
  description:
    'How params are proposed. `auto`, the default, picks a sampler by the space, the number of trials and how many run at once; each trial says which and why. `coarse-to-fine` narrows the space around the best trials, round by round.',
  examples: [
    { kind: 'auto' },
    { kind: 'random' },
    { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
  ],
});
named(schedulerSpecSchema, {
  id: 'SchedulerSpec',
  description:
    'How much training each trial gets. `fifo` trains every one to its end, `median` stops those that are worse than most; `successive-halving`, `hyperband` and `asha` compare them at rungs and let the best go on; `pbt` replaces the worst by changed copies of the best.',
  examples: [{ kind: 'fifo' }, { kind: 'asha', minResource: 1, maxResource: 27, eta: 3 }],
});
named(stopSchema, {
  id: 'StopCriteria',
  description: 'When the search ends: at the first that holds. At least one is needed.',
  examples: [{ maxTrials: 60 }, { maxDurationMs: 3_600_000, targetValue: 0.02 }],
});
named(searchStatusSchema, { id: 'SearchStatus', description: 'Where a search stands.', examples: ['running'] });
named(trialStatusSchema, {
  id: 'TrialStatus',
  description:
    'Where a trial stands. A diverged loss is `infeasible`, an outcome; `failed` is the fault of the trainer or the machine.',
  examples: ['completed'],
});

/** What a search is made of; only `trainer`, `space` and `stop` are required. Unknown keys are errors. */
export const searchSpecBodySchema = named(searchSpecInputSchema, {
  id: 'SearchSpecInput',
  description: 'A search to make. Only `trainer`, `space` and `stop` are required; unknown keys are errors.',
  examples: [exampleSpec],
});

/** A spec with every default filled in. */
export const searchSpecSchema = z
  .strictObject({
    ...searchSpecInputSchema.shape,
    name: searchSpecInputSchema.shape.name.unwrap(),
    objective: objectiveSchema,
    seed: searchSpecInputSchema.shape.seed.unwrap(),
  })
  .meta({ id: 'SearchSpec', description: 'A spec with every default filled in; it can be POSTed again as it is.' });

/** A spec as it is sent: everything that has a default may be left out. */
export type SearchSpecBody = z.input<typeof searchSpecInputSchema>;
