import { z } from 'zod';
import { parameterNameSchema, paramValueSchema } from './params.js';
import { programNameSchema } from './program.js';
import { spaceSchema } from './space.js';

export const MAX_TRIALS = 10_000_000;
export const MAX_PARALLELISM = 10_000;
const MAX_RESOURCE = 2 ** 31 - 1;

export const seedSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Shares of the data set (seed 1.1). They add up to 1; `test` may be 0. */
export const splitSchema = z
  .strictObject({
    train: z.number().gt(0).lt(1),
    dev: z.number().gt(0).lt(1),
    test: z.number().gte(0).lt(1).default(0),
    sources: z.array(z.string().min(1).max(200)).min(1).max(100).optional().meta({
      description:
        'Sources that dev and test are drawn from, by the ratios; rows of other sources are all trained on. Default: every source, in the same shares everywhere.',
    }),
    seed: seedSchema.optional().meta({
      description:
        "What draws the rows of each part. Searches with the same one, on the same data and ratios, have the same dev and test rows. Default: the search's own seed.",
    }),
  })
  .refine(({ train, dev, test }) => Math.abs(train + dev + test - 1) <= 1e-9, 'train, dev and test must add up to 1');
export type Split = z.infer<typeof splitSchema>;

const fixedParamsSchema = z.record(parameterNameSchema, paramValueSchema);
const maxRetriesSchema = z.int().min(0).max(100).default(2);

export const trainerSpecSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('mlp'),
    dataset: z.string().min(1).max(200),
    split: splitSchema.optional(),
    params: fixedParamsSchema.default({}),
    maxRetries: maxRetriesSchema,
  }),
  z.strictObject({
    kind: z.literal('quadratic'),
    params: fixedParamsSchema.default({}),
    maxRetries: maxRetriesSchema,
  }),
  z.strictObject({
    kind: z.literal('external'),
    params: fixedParamsSchema.default({}),
    maxRetries: maxRetriesSchema,
  }),
  z.strictObject({
    kind: z.literal('command'),
    /** Name of a registered program. */
    program: programNameSchema,
    params: fixedParamsSchema.default({}),
    maxRetries: maxRetriesSchema,
  }),
]);
export type TrainerSpec = z.infer<typeof trainerSpecSchema>;

export const objectiveSchema = z.strictObject({
  metric: z.string().min(1).max(200),
  direction: z.enum(['minimize', 'maximize']),
});
export type Objective = z.infer<typeof objectiveSchema>;

/** A bound that the outcome of a trial must keep: a trial that breaks one ranks behind all that keep them. */
const constraintSchema = z
  .strictObject({
    metric: z.string().min(1).max(200),
    min: z.number().optional(),
    max: z.number().optional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'needs min, max or both')
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'min must not be above max');

export const MAX_OBJECTIVES = 8;
export const MAX_CONSTRAINTS = 20;
const objectivesSchema = z.array(objectiveSchema).min(2).max(MAX_OBJECTIVES).readonly();

export const samplerSpecSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('random') }),
  z.strictObject({
    kind: z.literal('grid'),
    /** Values tried per range that has more of them; one number for all, or by name (5 for the rest). Choices are all tried. */
    levels: z.union([z.int().min(1).max(10_000), z.record(parameterNameSchema, z.int().min(1).max(10_000))]).default(5),
  }),
  z.strictObject({ kind: z.literal('sobol') }),
  z.strictObject({
    kind: z.literal('tpe'),
    /** Outcomes there must be before it learns from them; until then the space is covered evenly. */
    startup: z.int().min(1).max(10_000).default(10),
    /** Candidates that the best is picked from. */
    candidates: z.int().min(1).max(10_000).default(24),
  }),
  z.strictObject({
    kind: z.literal('coarse-to-fine'),
    rounds: z.int().min(1).max(100).default(3),
    /** Least width of a round's region relative to the one before, in each parameter's own scale. */
    shrink: z.number().gt(0).lt(1).default(0.4),
    /** Share of the best trials that the next region is drawn around. */
    top: z.number().gt(0).max(1).default(0.2),
    /** What proposes the trials of a round, within its region; those that learn go on from all trials that lie in it. */
    base: z.enum(['random', 'sobol', 'tpe', 'gp', 'cma-es', 'nsga2']).default('random'),
  }),
  z.strictObject({
    kind: z.literal('cma-es'),
    /** Trials of a generation of the first run; without it, by the number of parameters and the parallelism. */
    populationSize: z.int().min(4).max(10_000).optional(),
  }),
  z.strictObject({
    kind: z.literal('nsga2'),
    /** Trials of a generation; the first one is drawn from a Sobol sequence. */
    population: z.int().min(4).max(10_000).default(24),
  }),
  z.strictObject({
    kind: z.literal('gp'),
    /** Trials from a Sobol sequence before the process proposes. */
    startup: z.int().min(1).max(10_000).default(10),
  }),
  /** Picks one of the others, by the space, the number of trials and how many of them run at once. */
  z.strictObject({ kind: z.literal('auto') }),
]);
export type SamplerSpec = z.infer<typeof samplerSpecSchema>;

const resource = z.int().min(1).max(MAX_RESOURCE);

/** What the schedulers with rungs are told. */
const rungOptions = {
  /** Steps after which trials are first compared. */
  minResource: resource.default(1),
  /** Steps of a whole trial; left out, the trainer's own number. */
  maxResource: resource.optional(),
  /** One trial in `eta` goes on. */
  eta: z.number().min(2).max(100).default(3),
};

export const schedulerSpecSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fifo') }),
  z.strictObject({
    kind: z.literal('median'),
    /** Trials that must be completed before any is stopped. */
    startup: z.int().min(1).max(MAX_TRIALS).default(5),
    /** Step of the first comparison. */
    warmup: resource.default(1),
    /** Steps from one comparison to the next; left out, a tenth of `maxResource`. */
    interval: resource.optional(),
    maxResource: resource.optional(),
  }),
  z.strictObject({ kind: z.literal('successive-halving'), ...rungOptions }),
  z.strictObject({ kind: z.literal('hyperband'), ...rungOptions }),
  z.strictObject({ kind: z.literal('asha'), ...rungOptions }),
  z.strictObject({
    kind: z.literal('pbt'),
    /** Trials that train side by side. */
    population: z.int().min(2).max(10_000).default(20),
    /** Steps from one comparison to the next; left out, a tenth of `maxResource`. */
    interval: resource.optional(),
    /** Share of the population that is replaced by copies of as large a share of the best; one at least. */
    quantile: z.number().gt(0).max(0.5).default(0.25),
    /** A copy's numbers are multiplied by one of these. */
    factors: z.array(z.number().gt(0).max(1000)).min(1).max(20).readonly().default([0.8, 1.2]),
    /** Probability that a copy's parameter is drawn anew from its domain instead. */
    resample: z.number().min(0).max(1).default(0.25),
    maxResource: resource.optional(),
  }),
]);
export type SchedulerSpec = z.infer<typeof schedulerSpecSchema>;

export const stopSchema = z
  .strictObject({
    maxTrials: z.int().min(1).max(MAX_TRIALS).optional(),
    maxDurationMs: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    targetValue: z.number().optional(),
  })
  .refine(
    (stop) => Object.values(stop).some((value) => value !== undefined),
    'needs at least one of maxTrials, maxDurationMs, targetValue',
  );
export type StopCriteria = z.infer<typeof stopSchema>;

export const searchNameSchema = z.string().min(1).max(200);
export const parallelismSchema = z.int().min(1).max(MAX_PARALLELISM);

/** What a caller sends: shape and single values are checked here, what fits together in `checkSearchSpec`. */
export const searchSpecInputSchema = z.strictObject({
  name: searchNameSchema.optional(),
  trainer: trainerSpecSchema,
  space: spaceSchema,
  /** One, or several to be traded off against each other; the first of several is the one that `value` shows. */
  objective: z.union([objectiveSchema, objectivesSchema]).optional(),
  /** All of several objectives, as a complete spec shows them. */
  objectives: objectivesSchema.optional(),
  constraints: z.array(constraintSchema).min(1).max(MAX_CONSTRAINTS).readonly().optional(),
  /** Params that are tried first, as they are. */
  trials: z.array(z.record(parameterNameSchema, paramValueSchema)).min(1).max(10_000).readonly().optional(),
  /** Earlier searches whose results the sampler begins with. */
  warmStart: z.strictObject({ searches: z.array(z.string().min(1).max(100)).min(1).max(20).readonly() }).optional(),
  sampler: samplerSpecSchema.default({ kind: 'auto' }),
  scheduler: schedulerSpecSchema.default({ kind: 'fifo' }),
  stop: stopSchema,
  parallelism: parallelismSchema.default(8),
  seed: seedSchema.optional(),
  reproducibility: z.enum(['strict', 'throughput']).default('strict'),
});
export type SearchSpecInput = z.infer<typeof searchSpecInputSchema>;

/** A spec with every default filled in, as it is stored and shown. */
export type SearchSpec = Readonly<
  Omit<SearchSpecInput, 'name' | 'objective' | 'seed'> & {
    readonly name: string;
    /** The one, or the first of `objectives`. */
    readonly objective: Objective;
    readonly seed: number;
  }
>;

/** All objectives of a spec, the first one first. */
export function objectivesOf({
  objective,
  objectives = [objective],
}: Pick<SearchSpec, 'objective' | 'objectives'>): readonly Objective[] {
  return objectives;
}
