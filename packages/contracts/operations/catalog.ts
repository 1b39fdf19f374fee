import { trainerPageSchema, workerPageSchema } from '../schemas/catalog.js';
import { gradientCheckReportSchema, gradientCheckRequestSchema } from '../schemas/diagnosis.js';
import { pageQuerySchema } from '../schemas/parameters.js';
import { operation } from './operation.js';
import { noBodySchema } from './searches.js';

export const catalogOperations = {
  listTrainers: operation({
    method: 'GET',
    path: '/v1/trainers',
    tag: 'Trainers',
    summary: 'List trainers with their hyperparameters and metrics',
    query: pageQuerySchema,
    responses: { 200: { description: 'A page of trainers.', schema: trainerPageSchema } },
    problems: ['invalid-cursor'],
  }),
  checkGradients: operation({
    method: 'POST',
    path: '/v1/gradient-checks',
    tag: 'Trainers',
    summary: 'Check backpropagation with two-sided differences',
    description:
      'Section 1.9 of the notes: epsilon 1e-7, in double precision, at the random initialisation and again after some training, per layer. A worker does it while the call waits. Dropout is refused.',
    body: gradientCheckRequestSchema,
    responses: { 200: { description: 'Verdicts and relative errors.', schema: gradientCheckReportSchema } },
    problems: ['invalid-spec'],
  }),
  releaseWorker: operation({
    method: 'POST',
    path: '/v1/workers/{id}/release',
    tag: 'Workers',
    role: 'admin',
    summary: "Lift the quarantine of a worker's machine",
    description: 'It gets trials again at once. Where there is none to lift, this changes nothing.',
    body: noBodySchema,
    responses: { 204: { description: 'It may work.' } },
    problems: ['worker-not-found'],
  }),
  listWorkers: operation({
    method: 'GET',
    path: '/v1/workers',
    tag: 'Workers',
    summary: 'List worker processes and what they are training',
    description: 'Active ones first; those gone for a day are left out.',
    query: pageQuerySchema,
    responses: { 200: { description: 'A page of workers.', schema: workerPageSchema } },
    problems: ['invalid-cursor'],
  }),
} as const;
