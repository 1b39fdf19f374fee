import { diagnosisQuerySchema, trialDiagnosisSchema } from '../schemas/diagnosis.js';
import { measurementsQuerySchema } from '../schemas/parameters.js';
import { measurementsSchema, trialSchema } from '../schemas/trial.js';
import { operation } from './operation.js';
import { noBodySchema } from './searches.js';

const tag = 'Trials';

export const trialOperations = {
  getTrial: operation({
    method: 'GET',
    path: '/v1/trials/{id}',
    tag,
    summary: 'Get a trial',
    responses: { 200: { description: 'The trial.', schema: trialSchema } },
    problems: ['trial-not-found'],
  }),
  getMeasurements: operation({
    method: 'GET',
    path: '/v1/trials/{id}/measurements',
    tag,
    summary: 'Get the learning curve of a trial',
    query: measurementsQuerySchema,
    responses: { 200: { description: 'Measurements by step.', schema: measurementsSchema } },
    problems: ['trial-not-found'],
  }),
  getTrialDiagnosis: operation({
    method: 'GET',
    path: '/v1/trials/{id}/diagnosis',
    tag,
    summary: 'Bias and variance of a trial, and what to do next',
    description: 'The four columns of the notes (section 1.2) with 95 % intervals, and the basic recipe (1.3).',
    query: diagnosisQuerySchema,
    responses: { 200: { description: 'The diagnosis.', schema: trialDiagnosisSchema } },
    problems: ['trial-not-found', 'nothing-to-diagnose'],
  }),
  cancelTrial: operation({
    method: 'POST',
    path: '/v1/trials/{id}/cancel',
    tag,
    summary: 'Cancel one trial',
    description: 'A queued or paused one at once, a running one at its next step.',
    body: noBodySchema,
    responses: { 200: { description: 'The trial as it is now.', schema: trialSchema } },
    problems: ['trial-not-found', 'trial-ended'],
  }),
} as const;
