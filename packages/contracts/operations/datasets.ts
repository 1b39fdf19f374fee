import { datasetDetailSchema, datasetFormSchema, datasetPageSchema } from '../schemas/dataset.js';
import { pageQuerySchema } from '../schemas/parameters.js';
import { operation } from './operation.js';

const tag = 'Data sets';

export const datasetOperations = {
  createDataset: operation({
    method: 'POST',
    path: '/v1/datasets',
    tag,
    summary: 'Upload a data set',
    description:
      'As `multipart/form-data`: first the part `meta` (JSON), then the files. Formats: `csv`, `parquet`, `arrow` (`file`; a second `file` is a test part), `npz` (`file`), `npy` and `idx` (`features`, `labels`, `testFeatures`, `testLabels`); each may be gzipped. Stored whole or not at all; the same content a second time gives the data set that there is, with 200. A spec names it by id or name.',
    form: datasetFormSchema,
    responses: {
      200: { description: 'The project has the same content already: that data set.', schema: datasetDetailSchema },
      201: {
        description: 'The data set.',
        schema: datasetDetailSchema,
        headers: { Location: 'Path of the data set.' },
      },
    },
    problems: ['invalid-dataset', 'dataset-exists', 'quota-exceeded'],
  }),
  listDatasets: operation({
    method: 'GET',
    path: '/v1/datasets',
    tag,
    summary: 'List data sets by id',
    description: 'Built-in ones, and those that the project of the key has uploaded.',
    query: pageQuerySchema,
    responses: { 200: { description: 'A page of data sets.', schema: datasetPageSchema } },
    problems: ['invalid-cursor'],
  }),
  getDataset: operation({
    method: 'GET',
    path: '/v1/datasets/{id}',
    tag,
    summary: 'Get a data set with its summary',
    description:
      'By its id, or the name that your project gives it. What is known of it, not its rows: types, ranges, classes, missing values, and what is suspicious. A test part of its own has no share in the summary.',
    responses: { 200: { description: 'The data set.', schema: datasetDetailSchema } },
    problems: ['dataset-not-found'],
  }),
  deleteDataset: operation({
    method: 'DELETE',
    path: '/v1/datasets/{id}',
    tag,
    summary: 'Delete a data set',
    description: 'Not while a search that uses it can go on. What was found out with it stays.',
    responses: { 204: { description: 'It is gone.' } },
    problems: ['dataset-not-found', 'dataset-in-use', 'dataset-built-in'],
  }),
} as const;
