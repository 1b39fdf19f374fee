import { z } from 'zod';
import { diagnosisQuerySchema, searchDiagnosisSchema } from '../schemas/diagnosis.js';
import { searchImportanceSchema } from '../schemas/importance.js';
import {
  createSearchHeadersSchema,
  exportQuerySchema,
  importanceQuerySchema,
  leaderboardHeadersSchema,
  leaderboardQuerySchema,
  searchListQuerySchema,
  trialListQuerySchema,
} from '../schemas/parameters.js';
import { searchPreviewSchema } from '../schemas/preview.js';
import { leaderboardSchema, searchPageSchema, searchPatchSchema, searchSchema } from '../schemas/search.js';
import { searchSpecBodySchema } from '../schemas/spec-names.js';
import { testEvaluationSchema } from '../schemas/test-evaluation.js';
import { trialPageSchema } from '../schemas/trial.js';
import { operation } from './operation.js';

/** The body of a call that needs none: nothing, or an empty object. */
export const noBodySchema = z.strictObject({}).optional();

const tag = 'Searches';
export const location = { Location: 'Path of the search.' };
const boardHeaders = {
  ETag: 'Strong; changes with every change of the answer.',
  'Cache-Control': '`private, no-cache`: keep it, and ask with `If-None-Match` before using it.',
};

export const searchOperations = {
  createSearch: operation({
    method: 'POST',
    path: '/v1/searches',
    tag,
    summary: 'Create and start a search',
    description: 'Workers begin with its trials at once. With an `Idempotency-Key` the call can be repeated safely.',
    headers: createSearchHeadersSchema,
    body: searchSpecBodySchema,
    bodyProblem: 'invalid-spec',
    responses: {
      200: {
        description: 'The search that this idempotency key made before.',
        schema: searchSchema,
        headers: location,
      },
      201: { description: 'The new search.', schema: searchSchema, headers: location },
    },
    problems: ['idempotency-conflict', 'quota-exceeded'],
  }),
  previewSearch: operation({
    method: 'POST',
    path: '/v1/searches/preview',
    tag,
    role: 'read',
    summary: 'Show what a spec would do',
    description: 'Stores nothing: the completed spec, the plan, and 1,000 draws of every parameter as a histogram.',
    body: searchSpecBodySchema,
    bodyProblem: 'invalid-spec',
    responses: { 200: { description: 'The preview.', schema: searchPreviewSchema } },
    problems: [],
  }),
  listSearches: operation({
    method: 'GET',
    path: '/v1/searches',
    tag,
    summary: 'List searches, newest first or in another order',
    description: 'A `cursor` goes on in the order that it was given with.',
    query: searchListQuerySchema,
    responses: { 200: { description: 'A page of searches.', schema: searchPageSchema } },
    problems: ['invalid-cursor'],
  }),
  getSearch: operation({
    method: 'GET',
    path: '/v1/searches/{id}',
    tag,
    summary: 'Get a search',
    responses: { 200: { description: 'The search.', schema: searchSchema } },
    problems: ['search-not-found'],
  }),
  patchSearch: operation({
    method: 'PATCH',
    path: '/v1/searches/{id}',
    tag,
    summary: 'Change a search',
    description: 'Keys that are left out stay as they are. A new space makes a new version of it; old trials stay.',
    body: searchPatchSchema,
    bodyProblem: 'invalid-patch',
    responses: { 200: { description: 'The search as it is now.', schema: searchSchema } },
    problems: ['search-not-found', 'quota-exceeded'],
  }),
  getSearchDiagnosis: operation({
    method: 'GET',
    path: '/v1/searches/{id}/diagnosis',
    tag,
    summary: 'Bias and variance of the best trial, and a search to make next',
    description:
      'The verdict of the notes (section 1.2), the basic recipe (1.3), and `nextSearch`, a spec that follows it.',
    query: diagnosisQuerySchema,
    responses: { 200: { description: 'The diagnosis.', schema: searchDiagnosisSchema } },
    problems: ['search-not-found', 'nothing-to-diagnose'],
  }),
  getSearchImportance: operation({
    method: 'GET',
    path: '/v1/searches/{id}/importance',
    tag,
    summary: 'Share of the variance of the objective per parameter, and per pair',
    description:
      'Functional ANOVA on a random forest over the completed trials (Hutter et al. 2014): every part of the space counts by its size on the scale of the parameter, wherever the sampler went. An answer is kept until the search changes.',
    query: importanceQuerySchema,
    responses: { 200: { description: 'The shares.', schema: searchImportanceSchema } },
    problems: ['search-not-found', 'nothing-to-explain'],
  }),
  evaluateTest: operation({
    method: 'POST',
    path: '/v1/searches/{id}/test-evaluation',
    tag,
    summary: 'Open the sealed test set for the winner',
    description:
      'Once, after the search has ended: a worker trains the winner again, to the same bits, and evaluates it on rows that nothing has seen (section 1.1). Afterwards the call gives what was found then. A caller who does not get it in time (503) finds it with a later call.',
    body: noBodySchema,
    responses: { 200: { description: 'What the test set says.', schema: testEvaluationSchema } },
    problems: ['search-not-found', 'search-not-ended', 'nothing-to-evaluate'],
  }),
  deleteSearch: operation({
    method: 'DELETE',
    path: '/v1/searches/{id}',
    tag,
    summary: 'Delete a search and all it has',
    responses: { 204: { description: 'It is gone.' } },
    problems: ['search-not-found', 'search-running'],
  }),
  pauseSearch: operation({
    method: 'POST',
    path: '/v1/searches/{id}/pause',
    tag,
    summary: 'Pause a search',
    description: 'Running trials stop at their next step with a checkpoint. Pausing a paused search changes nothing.',
    body: noBodySchema,
    responses: { 200: { description: 'The search as it is now.', schema: searchSchema } },
    problems: ['search-not-found', 'search-ended'],
  }),
  resumeSearch: operation({
    method: 'POST',
    path: '/v1/searches/{id}/resume',
    tag,
    summary: 'Resume a paused search',
    description:
      'Paused trials go on from their checkpoints. A completed search goes on too, once its stop criteria have been widened. Resuming a running one changes nothing.',
    body: noBodySchema,
    responses: { 200: { description: 'The search as it is now.', schema: searchSchema } },
    problems: ['search-not-found', 'search-ended', 'quota-exceeded'],
  }),
  cancelSearch: operation({
    method: 'POST',
    path: '/v1/searches/{id}/cancel',
    tag,
    summary: 'End a search for good',
    description: 'Running trials stop at their next step. Cancelling a cancelled search changes nothing.',
    body: noBodySchema,
    responses: { 200: { description: 'The search as it is now.', schema: searchSchema } },
    problems: ['search-not-found', 'search-ended'],
  }),
  getLeaderboard: operation({
    method: 'GET',
    path: '/v1/searches/{id}/leaderboard',
    tag,
    summary: 'Get the ranked trials',
    description:
      'Ended trials by value. To follow a search without polling hard, send the last `ETag` as `If-None-Match` together with `waitMs`.',
    query: leaderboardQuerySchema,
    headers: leaderboardHeadersSchema,
    responses: {
      200: { description: 'A page of the board.', schema: leaderboardSchema, headers: boardHeaders },
      304: { description: 'Still the board of `If-None-Match`.', headers: boardHeaders },
    },
    problems: ['search-not-found', 'invalid-cursor', 'too-many-held'],
  }),
  listTrials: operation({
    method: 'GET',
    path: '/v1/searches/{id}/trials',
    tag,
    summary: "List a search's trials by number",
    query: trialListQuerySchema,
    responses: { 200: { description: 'A page of trials.', schema: trialPageSchema } },
    problems: ['search-not-found', 'invalid-cursor'],
  }),
  exportTrials: operation({
    method: 'GET',
    path: '/v1/searches/{id}/export',
    tag,
    summary: 'Stream all trials as a file',
    description:
      'By number. CSV has one column per parameter (`params.NAME`) and metric (`metrics.NAME`) that any trial or the space has when the export starts; lists are JSON; text that a spreadsheet would take for a formula gets a leading apostrophe. JSON Lines is exact.',
    query: exportQuerySchema,
    responses: {
      200: {
        description: 'The file.',
        contentTypes: ['text/csv', 'application/jsonl'],
        headers: { 'Content-Disposition': 'A file name.' },
      },
    },
    problems: ['search-not-found'],
  }),
} as const;
