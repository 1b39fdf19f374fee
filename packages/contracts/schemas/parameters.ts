import { searchStatusSchema, trialStatusSchema } from '@caviar/spec';
import { z } from 'zod';

export const MAX_PAGE_SIZE = 200;
export const DEFAULT_PAGE_SIZE = 50;
export const MAX_WAIT_MS = 60_000;
export const MIN_CURVE_POINTS = 2;
export const MAX_CURVE_POINTS = 10_000;

/** Turns the text of a parameter into the number it says; anything else is left for the schema to refuse. */
export function numberFrom(text: unknown): unknown {
  return typeof text === 'string' && /^-?\d{1,15}(\.\d{1,15})?(e-?\d{1,3})?$/i.test(text) ? Number(text) : text;
}

export const wholeNumber = (min: number, max: number) =>
  z.int(`must be a whole number from ${min} to ${max}`).min(min).max(max);

/** A parameter that is a list, separated by commas. */
export const listFrom = <Item extends z.ZodType>(item: Item, max: number) =>
  z.preprocess((text) => (typeof text === 'string' ? text.split(',') : text), z.array(item).min(1).max(max));

const limit = z.preprocess(numberFrom, wholeNumber(1, MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE)).meta({
  description: `Items per page, 1 to ${MAX_PAGE_SIZE}.`,
});
/** A cursor of a list by name holds the name: 200 characters, six bytes each as JSON may write them, and a third more in base64. */
const MAX_CURSOR = 2_000;
const cursor = z.string().min(1).max(MAX_CURSOR).optional().meta({ description: '`nextCursor` of the page before.' });

/** Which of several objectives an answer is about. */
export const objectiveQuery = z.string().min(1).max(200).optional().meta({
  description: 'Metric of one of the objectives of the search; the first if left out.',
});

export const importanceQuerySchema = z.strictObject({ objective: objectiveQuery });

export const pageQuerySchema = z.strictObject({ limit, cursor });

const SEARCH_SORTS = ['created', 'name', 'status', 'progress', 'trials'] as const;
export type SearchSort = (typeof SEARCH_SORTS)[number];

export const searchListQuerySchema = z.strictObject({
  status: searchStatusSchema.optional(),
  q: z.string().trim().max(200).optional().meta({
    description:
      'Words; each must be in the name, the trainer, the data set, the program, the sampler or the scheduler, or be the id. Large and small letters are the same.',
  }),
  sort: z.enum(SEARCH_SORTS).default('created').meta({
    description: '`progress` is the share of the trials that have ended; `trials` how many there are to be.',
  }),
  order: z.enum(['asc', 'desc']).optional().meta({
    description: 'Default: `asc` for `name` and `status`, `desc` for the others. Between equals the newest is first.',
  }),
  limit,
  cursor,
});

export const trialListQuerySchema = z.strictObject({ status: trialStatusSchema.optional(), limit, cursor });

export const leaderboardQuerySchema = z.strictObject({
  limit,
  cursor,
  waitMs: z.preprocess(numberFrom, wholeNumber(0, MAX_WAIT_MS).default(0)).meta({
    description:
      'Holds the answer until the board differs from the one of `If-None-Match` (or from the present one), for at most that many milliseconds.',
  }),
});

export const exportQuerySchema = z.strictObject({
  format: z.enum(['csv', 'jsonl']).default('csv').meta({
    description: '`csv` (RFC 4180, with a header line) or `jsonl` (a trial as JSON per line, exact).',
  }),
});

export const measurementsQuerySchema = z.strictObject({
  maxPoints: z
    .preprocess(numberFrom, wholeNumber(MIN_CURVE_POINTS, MAX_CURVE_POINTS).optional())
    .meta({ description: 'Thins the curve to at most that many points; first and last are kept.' }),
  beta: z
    .preprocess(numberFrom, z.number('must be a number from 0 to below 1').min(0).lt(1).optional())
    .meta({ description: 'Adds averages over about 1 / (1 - beta) steps, as `smoothed`.' }),
  supersededBy: z
    .preprocess(numberFrom, wholeNumber(1, 2 ** 31 - 1).optional())
    .meta({ description: 'Number of a rewind among the edits of the trial: what it took out of the curve.' }),
});

export const createSearchHeadersSchema = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 visible ASCII characters')
    .optional()
    .meta({
      description: 'The same key with the same body gives the same search (200), with another body a conflict (409).',
      examples: ['6e1f0f3c-digits-1'],
    }),
});

export const leaderboardHeadersSchema = z.object({
  'If-None-Match': z
    .string()
    .optional()
    .meta({
      description: '`ETag` of an earlier answer: 304 while the board is still that one.',
      examples: ['"131-50"'],
    }),
});
