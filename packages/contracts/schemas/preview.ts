import { z } from 'zod';
import { searchSpecSchema } from './spec-names.js';

const count = z.int().min(0);

export const searchPreviewSchema = z
  .strictObject({
    spec: searchSpecSchema,
    plan: z.strictObject({ trials: count.nullable() }),
  })
  .meta({ id: 'SearchPreview', description: 'What a spec would do.' });
export type SearchPreviewView = z.infer<typeof searchPreviewSchema>;
