import {
  bestSoFarQuerySchema,
  bestSoFarSchema,
  changeSchema,
  curvesQuerySchema,
  pointsQuerySchema,
  searchRungsSchema,
  searchTimelineSchema,
  tableQuerySchema,
  timelineQuerySchema,
  trialCurvesSchema,
  trialPointsSchema,
  trialTableSchema,
} from '../schemas/charts.js';
import { operation } from './operation.js';

const tag = 'Charts';

/** What a page draws: answers whose size is bounded, however many trials there are. */
export const chartOperations = {
  followChanges: operation({
    method: 'GET',
    path: '/v1/changes',
    tag,
    summary: 'Follow all searches and workers at a glance',
    description:
      'Server-Sent Events: `ready` first, then every search that changed as it is now, at most once a second each, however fast it goes; `gone` when one is deleted, `workers` when the list of workers is another. Nothing is kept: who connects again reads the lists again after `ready`.',
    responses: {
      200: {
        description: 'Events, until one side ends it.',
        contentTypes: ['text/event-stream'],
        schema: changeSchema,
      },
    },
    problems: [],
  }),
  getTrialTable: operation({
    method: 'GET',
    path: '/v1/searches/{id}/table',
    tag,
    summary: 'Get a window of the trials, sorted and filtered',
    description:
      'By place, so that a table can be scrolled to anywhere. A value that a trial does not have comes last.',
    query: tableQuerySchema,
    responses: { 200: { description: 'The window.', schema: trialTableSchema } },
    problems: ['search-not-found'],
  }),
  getTrialPoints: operation({
    method: 'GET',
    path: '/v1/searches/{id}/points',
    tag,
    summary: 'Get trials as columns, to be drawn',
    description:
      'All trials, or a sample: the best fifth of `limit` (of several objectives the first fronts), and the others evenly over the numbers.',
    query: pointsQuerySchema,
    responses: { 200: { description: 'The columns.', schema: trialPointsSchema } },
    problems: ['search-not-found'],
  }),
  getBestSoFar: operation({
    method: 'GET',
    path: '/v1/searches/{id}/best-so-far',
    tag,
    summary: 'Get how the best value fell, by trial number',
    query: bestSoFarQuerySchema,
    responses: { 200: { description: 'Each new best.', schema: bestSoFarSchema } },
    problems: ['search-not-found'],
  }),
  getTrialCurves: operation({
    method: 'GET',
    path: '/v1/searches/{id}/curves',
    tag,
    summary: 'Get the learning curves of several trials',
    query: curvesQuerySchema,
    responses: { 200: { description: 'The curves.', schema: trialCurvesSchema } },
    problems: ['search-not-found'],
  }),
  getSearchRungs: operation({
    method: 'GET',
    path: '/v1/searches/{id}/rungs',
    tag,
    summary: 'Get what the scheduler made of the trials, step by step',
    responses: { 200: { description: 'The rungs by step; none without a scheduler.', schema: searchRungsSchema } },
    problems: ['search-not-found'],
  }),
  getSearchTimeline: operation({
    method: 'GET',
    path: '/v1/searches/{id}/timeline',
    tag,
    summary: 'Get who trained which trial when',
    query: timelineQuerySchema,
    responses: { 200: { description: 'The stretches.', schema: searchTimelineSchema } },
    problems: ['search-not-found'],
  }),
} as const;
