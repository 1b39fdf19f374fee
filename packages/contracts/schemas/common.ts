import { z } from 'zod';

/** A point in time: UTC, ISO 8601, such as `2026-11-03T09:30:00.000Z`. */
export const timeSchema = z.iso.datetime().meta({ examples: ['2026-11-03T09:30:00.000Z'] });

export const durationMsSchema = z
  .number()
  .min(0)
  .meta({ description: 'Milliseconds.', examples: [1250] });

export const metricsSchema = z.record(z.string(), z.number().nullable()).meta({
  id: 'Metrics',
  description: 'Metric values by name; null for a value that is not finite.',
  examples: [{ 'dev.error': 0.025, 'dev.loss': 0.11 }],
});

/** A list: at most `limit` items, and the cursor of the next page, null on the last one. */
export function pageSchema<Item extends z.ZodType>(item: Item, id: string) {
  return z
    .strictObject({
      items: z.array(item),
      nextCursor: z
        .string()
        .nullable()
        .meta({ description: 'Pass it as `cursor` for the next page; null on the last.' }),
    })
    .meta({ id, description: 'One page of a list.' });
}
