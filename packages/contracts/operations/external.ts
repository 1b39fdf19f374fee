import {
  addedTrialsSchema,
  addTrialsBodySchema,
  askBodySchema,
  askedSchema,
  decisionSchema,
  finishBodySchema,
  heartbeatBodySchema,
  measurementBodySchema,
  releaseBodySchema,
  tellBodySchema,
  toldSchema,
} from '../schemas/external.js';
import { trialSchema } from '../schemas/trial.js';
import { operation } from './operation.js';

const tag = 'Ask and tell';
const retryAfter = { 'Retry-After': 'Seconds, when there is no trial yet and the search goes on.' };

export const externalOperations = {
  ask: operation({
    method: 'POST',
    path: '/v1/searches/{id}/ask',
    tag,
    summary: 'Ask for trials to train in code of your own',
    description:
      'For searches with the trainer `external`. No more trials are out than `parallelism` says. Each is leased: measurements and heartbeats keep it, and when they stay away for `leaseMs` it goes to the next who asks.',
    body: askBodySchema,
    responses: { 200: { description: 'Trials, or none.', schema: askedSchema, headers: retryAfter } },
    problems: ['search-not-found', 'search-not-external'],
  }),
  tell: operation({
    method: 'POST',
    path: '/v1/searches/{id}/tell',
    tag,
    summary: 'Finish many trials and ask for the next',
    description:
      'For objectives that take less time than a call. Every finish has an answer of its own, so one lost lease does not hold up the others.',
    body: tellBodySchema,
    responses: { 200: { description: 'Answers, and trials.', schema: toldSchema, headers: retryAfter } },
    problems: ['search-not-found', 'search-not-external'],
  }),
  addMeasurement: operation({
    method: 'POST',
    path: '/v1/trials/{id}/measurements',
    tag,
    summary: 'Report the metrics of a step, and hear how to go on',
    description: 'Renews the lease.',
    body: measurementBodySchema,
    responses: { 200: { description: 'How to go on.', schema: decisionSchema } },
    problems: ['trial-not-found', 'lease-lost'],
  }),
  heartbeat: operation({
    method: 'POST',
    path: '/v1/trials/{id}/heartbeat',
    tag,
    summary: 'Keep a trial while a step takes long',
    description: 'Renews the lease.',
    body: heartbeatBodySchema,
    responses: { 200: { description: 'How to go on.', schema: decisionSchema } },
    problems: ['trial-not-found', 'lease-lost'],
  }),
  releaseTrial: operation({
    method: 'POST',
    path: '/v1/trials/{id}/release',
    tag,
    summary: 'Give a trial back unfinished',
    description:
      'For code that is interrupted: the next who asks has the trial at once, instead of when the lease has run out, and no failure is counted. In a paused search it waits.',
    body: releaseBodySchema,
    responses: { 200: { description: 'The trial as it is now.', schema: trialSchema } },
    problems: ['trial-not-found', 'lease-lost'],
  }),
  finishTrial: operation({
    method: 'POST',
    path: '/v1/trials/{id}/finish',
    tag,
    summary: 'End a trial with its result',
    description:
      'A completed trial whose objective is null becomes `infeasible`. A failed one is tried again. A trial that was to pause, since it or its search was paused, may still be ended with a result until it is handed out again.',
    body: finishBodySchema,
    responses: { 200: { description: 'The trial as it is now.', schema: trialSchema } },
    problems: ['trial-not-found', 'lease-lost', 'trial-ended'],
  }),
  addTrials: operation({
    method: 'POST',
    path: '/v1/searches/{id}/trials',
    tag: 'Trials',
    summary: 'Add trials with params of your choice',
    description:
      'For searches of any trainer, running or paused. They take the next numbers, count towards `stop.maxTrials`, and samplers learn from them; what the sampler would have put at those numbers is left out.',
    body: addTrialsBodySchema,
    responses: { 201: { description: 'The new trials.', schema: addedTrialsSchema } },
    problems: ['search-not-found', 'search-ended'],
  }),
} as const;
