import { diagnosisQuerySchema, trialDiagnosisSchema } from '../schemas/diagnosis.js';
import {
  editParamsBodySchema,
  forkBodySchema,
  rewindBodySchema,
  trialEditSchema,
  trialEditsSchema,
} from '../schemas/edit.js';
import { modelQuerySchema, predictionsSchema, predictRequestSchema } from '../schemas/model.js';
import { createSearchHeadersSchema, measurementsQuerySchema } from '../schemas/parameters.js';
import { searchSchema } from '../schemas/search.js';
import { measurementsSchema, trialSchema } from '../schemas/trial.js';
import { operation } from './operation.js';
import { location, noBodySchema } from './searches.js';

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
  editTrial: operation({
    method: 'PATCH',
    path: '/v1/trials/{id}/params',
    tag,
    summary: 'Change params of a running trial from its next step on',
    description:
      'The panda of the notes (section 3.3): learning rate, decay, regularisation, batch size and whatever else `GET /v1/trainers` calls `changeable`. The change is stored, then applied by the worker after a step that it writes down first, so a crash cannot lose or double it, and the trial can be trained again to the same bits. For trials that have begun and not ended; a paused one has it when it goes on. Samplers no longer learn from a trial that was changed.',
    body: editParamsBodySchema,
    responses: { 202: { description: 'The change, as it stands in the log.', schema: trialEditSchema } },
    problems: ['trial-not-found', 'trial-ended', 'trial-not-running', 'trial-not-editable'],
  }),
  rewindTrial: operation({
    method: 'POST',
    path: '/v1/trials/{id}/rewind',
    tag,
    summary: 'Take a trial back to an earlier step',
    description:
      'It goes on from there: a running one at once, a paused one when it is resumed. What was measured after the step leaves the curve (`GET …/measurements?supersededBy=` has it still), changes of params from there on are taken back, and the rewind stands in the log. Any measured step will do: the trial begins from the nearest checkpoint before, and trains the rest again to the same bits. A trial with a scheduler goes back no further than to the last step at which it was compared. One that has ended stays as it is: fork it.',
    body: rewindBodySchema,
    responses: { 200: { description: 'The trial as it is now.', schema: trialSchema } },
    problems: ['trial-not-found', 'trial-ended', 'trial-not-running', 'trial-not-editable'],
  }),
  forkTrial: operation({
    method: 'POST',
    path: '/v1/trials/{id}/fork',
    tag,
    summary: 'Make a search around the present params of a trial',
    description:
      'From the panda to the caviar (section 3.3): with the same trainer, data and seed, and a space that has a part of each range around what the trial has now, changes by hand counted in; the first trial has just that. Choices stay as the trial has them. A sampler or scheduler that does not fit the smaller search gives way to the default, unless the body names it. For trials of any status.',
    headers: createSearchHeadersSchema,
    body: forkBodySchema,
    responses: {
      200: {
        description: 'The search that this idempotency key made before.',
        schema: searchSchema,
        headers: location,
      },
      201: { description: 'The new search.', schema: searchSchema, headers: location },
    },
    problems: ['trial-not-found', 'invalid-spec', 'idempotency-conflict', 'quota-exceeded'],
  }),
  getTrialEdits: operation({
    method: 'GET',
    path: '/v1/trials/{id}/edits',
    tag,
    summary: 'Get the log of what people did to a trial',
    responses: { 200: { description: 'Changes and rewinds, in order.', schema: trialEditsSchema } },
    problems: ['trial-not-found'],
  }),
  getModel: operation({
    method: 'GET',
    path: '/v1/trials/{id}/model',
    tag,
    summary: 'Take the trained network home',
    description:
      'As safetensors (named as PyTorch names them) or ONNX (operator set 17), with normalisation, what is filled in and one-hot inside, and a model card in the metadata: data set and checksum, split, params, metrics, seed. The first call has a worker train the trial again, to the same bits; later ones are quick.',
    query: modelQuerySchema,
    responses: {
      200: {
        description: 'The file.',
        contentTypes: ['application/octet-stream'],
        headers: { 'Content-Disposition': 'A name for the file.' },
      },
    },
    problems: ['trial-not-found', 'no-model'],
  }),
  predict: operation({
    method: 'POST',
    path: '/v1/trials/{id}/predict',
    tag,
    role: 'read',
    summary: 'Ask the trained network about a few rows',
    description: 'For looking, not for serving: 100 rows at most.',
    body: predictRequestSchema,
    responses: { 200: { description: 'A prediction for each row.', schema: predictionsSchema } },
    problems: ['trial-not-found', 'no-model'],
  }),
  pauseTrial: operation({
    method: 'POST',
    path: '/v1/trials/{id}/pause',
    tag,
    summary: 'Pause one trial',
    description:
      'A running one stores a checkpoint after its present step, a queued one does not begin; others take its place. It stays paused when its search is resumed, or when its scheduler would have it go on, until it is resumed itself; until then its search does not end by itself (`progress.paused` counts it), and a strict search that learns waits for it once it has made `parallelism` trials beyond. Pausing a paused one changes nothing.',
    body: noBodySchema,
    responses: { 200: { description: 'The trial as it is now.', schema: trialSchema } },
    problems: ['trial-not-found', 'trial-ended'],
  }),
  resumeTrial: operation({
    method: 'POST',
    path: '/v1/trials/{id}/resume',
    tag,
    summary: 'Let a paused trial go on',
    description:
      'From its checkpoint, to the same bits. In a paused search it goes on with the search. Resuming one that is not paused changes nothing.',
    body: noBodySchema,
    responses: { 200: { description: 'The trial as it is now.', schema: trialSchema } },
    problems: ['trial-not-found', 'trial-ended'],
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
