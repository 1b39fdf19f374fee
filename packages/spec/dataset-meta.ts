import { z } from 'zod';

/** Files of an upload lie in one of these ways. */
export const DATASET_FORMATS = ['csv', 'parquet', 'arrow', 'npy', 'npz', 'idx'] as const;

/** What a column is: features of a kind, or none. `test` marks the rows of a test part of its own. */
export const COLUMN_ROLES = ['target', 'numeric', 'categorical', 'ignore', 'group', 'source', 'test'] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

const text = (most: number) => z.string().max(most).default('');

/** What the files of an upload do not say of themselves. */
export const datasetMetaSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .refine((name) => !name.startsWith('ds_'), 'must not begin with ds_, as ids do'),
  description: text(2_000),
  format: z.enum(DATASET_FORMATS),
  task: z.enum(['classification', 'regression']).optional().meta({
    description: 'Default: regression for a numeric target with fractions or more than 20 values.',
  }),
  target: z
    .union([z.string().min(1).max(200), z.int().min(0)], 'must be the name of a column, or its number from 0')
    .optional()
    .meta({ description: 'Name of the target column, or its number from 0. Default: the last.' }),
  header: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the first line names the columns (CSV). Default: found out.' }),
  delimiter: z
    .string()
    .length(1)
    .refine((character) => !'"\r\n'.includes(character), 'must not be a quote or a line break')
    .optional()
    .meta({ description: 'Between fields (CSV). Default: found out among comma, semicolon, tab and bar.' }),
  columns: z
    .record(z.string().min(1).max(200), z.enum(COLUMN_ROLES))
    .default({})
    .meta({ description: 'Roles by name of the column; without one, a column is a feature whose kind is found out.' }),
  source: text(2_000),
  licence: text(200),
});
export type DatasetMeta = z.infer<typeof datasetMetaSchema>;
export type DatasetMetaInput = z.input<typeof datasetMetaSchema>;
