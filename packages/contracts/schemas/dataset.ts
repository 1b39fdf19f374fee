import { datasetMetaSchema } from '@caviar/spec';
import { z } from 'zod';
import { pageSchema, timeSchema } from './common.js';
import { named } from './named.js';

const count = z.int().min(0);

export const datasetSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    task: z.enum(['classification', 'regression']),
    rows: count.meta({ description: 'Rows that splits share out; a test part of its own is not among them.' }),
    features: count.meta({ description: 'Columns of features.' }),
    inputs: count.optional().meta({
      description: 'Inputs of a network at most, where columns of categories or with missing values take several.',
    }),
    classes: count.nullable().meta({ description: 'Number of classes; null for regression.' }),
    classNames: z.array(z.string()).nullable(),
    image: z.strictObject({ height: count, width: count }).nullable(),
    checksum: z.string().meta({ description: '`sha256:` and the hex digest of the content.' }),
    source: z.string(),
    licence: z.string(),
    builtIn: z.boolean(),
    sources: z
      .array(z.strictObject({ name: z.string(), rows: count }))
      .optional()
      .meta({
        description: 'Where rows were collected; there when the data set tells. `trainer.split.sources` aims at some.',
      }),
    targetDeviation: z.number().min(0).optional().meta({
      description: 'Standard deviation of the targets of a regression, by which a diagnosis judges its errors.',
    }),
    testRows: count.optional().meta({ description: 'Rows of a test part that came with it: splits draw none.' }),
    groups: count.optional().meta({ description: 'Groups of rows that no split tears apart.' }),
    classRows: z.array(count).optional().meta({ description: 'Rows of every class, in the order of `classNames`.' }),
    bytes: count.optional().meta({ description: 'What it takes of the quota; of uploaded ones.' }),
    createdAt: timeSchema.optional().meta({ description: 'Of uploaded ones.' }),
  })
  .meta({
    id: 'Dataset',
    description: 'A data set to train on; `trainer.dataset` of a spec names its id.',
    examples: [
      {
        id: 'digits',
        name: 'digits',
        description: 'Handwritten digits, 8 by 8 pixels.',
        task: 'classification',
        rows: 1797,
        features: 64,
        classes: 10,
        classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
        image: { height: 8, width: 8 },
        checksum: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        source: 'UCI Machine Learning Repository',
        licence: 'CC BY 4.0',
        builtIn: true,
      },
    ],
  });
export type DatasetView = z.infer<typeof datasetSchema>;

const columnSummarySchema = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['numeric', 'categorical']),
    missing: count,
    distinct: count.nullable().meta({ description: 'Different values; null for more than 10,000.' }),
    min: z.number().optional(),
    max: z.number().optional(),
    mean: z.number().optional(),
    deviation: z.number().optional().meta({ description: 'Standard deviation.' }),
    values: z
      .array(z.strictObject({ value: z.string(), rows: count }))
      .optional()
      .meta({ description: 'The commonest categories, or classes.' }),
    warnings: z.array(z.string()).meta({ description: 'What is suspicious: an id, a constant, a leak, a date.' }),
  })
  .meta({ id: 'ColumnSummary', description: 'A column over the rows that splits share out.' });

const datasetSummarySchema = z
  .strictObject({
    target: columnSummarySchema,
    columns: z.array(columnSummarySchema).meta({ description: 'The first 300.' }),
    others: z
      .array(z.strictObject({ name: z.string(), role: z.enum(['ignore', 'blank', 'group', 'source', 'test']) }))
      .meta({ description: 'Columns that are no features; a `blank` one has no value in any row, and is left out.' }),
  })
  .meta({ id: 'DatasetSummary', description: 'The first look at a data set.' });

export const datasetDetailSchema = datasetSchema
  .extend({ summary: datasetSummarySchema })
  .meta({ id: 'DatasetDetail', description: 'A data set with its summary.', examples: undefined });
export type DatasetDetailView = z.infer<typeof datasetDetailSchema>;

export type DatasetMetaBody = z.input<typeof datasetMetaSchema>;

const file = (description: string) => z.string().optional().meta({ description, format: 'binary' });

/** Parts of an upload. The files are read as a stream; what is checked by this schema is `meta`. */
export const datasetFormSchema = z
  .object({
    meta: named(datasetMetaSchema, {
      id: 'DatasetMeta',
      description: 'The first part of an upload, as JSON: what the files do not say of themselves.',
      examples: [{ name: 'wine', format: 'csv', target: 'quality', task: 'regression', columns: { vintage: 'group' } }],
    }),
    file: file('A table, or an NPZ file; a second part of this name is a test part.'),
    features: file('NPY or IDX: rows in the first dimension; three dimensions are pictures.'),
    labels: file('NPY or IDX: one number per row.'),
    testFeatures: file('Likewise, of a test part.'),
    testLabels: file('Likewise, of a test part.'),
  })
  .meta({ id: 'DatasetForm', description: 'An upload, as multipart/form-data.' });

export const datasetPageSchema = pageSchema(datasetSchema, 'DatasetPage');
export type DatasetPageView = z.infer<typeof datasetPageSchema>;
