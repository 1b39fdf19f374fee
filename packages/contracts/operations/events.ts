import { eventsHeadersSchema, eventsQuerySchema, searchEventSchema, trialHistorySchema } from '../schemas/events.js';
import { operation } from './operation.js';

export const eventOperations = {
  followEvents: operation({
    method: 'GET',
    path: '/v1/searches/{id}/events',
    tag: 'Searches',
    summary: 'Follow a search as it happens',
    description:
      'Server-Sent Events: `trial`, `measurement`, `search`, `round`, `edit`, `rewind`, `fork`. Without a place to begin, the first event is the present status of the search. A reader who sends the id of the last event as `Last-Event-ID` misses none, whichever instance answers; one who does not keep up is cut off, and does the same. Comments keep the connection open while nothing happens.',
    query: eventsQuerySchema,
    headers: eventsHeadersSchema,
    responses: {
      200: {
        description: 'Events, until one side ends it.',
        contentTypes: ['text/event-stream'],
        schema: searchEventSchema,
      },
      204: { description: 'The search has ended, and nothing came after that event: there is no use in asking again.' },
    },
    problems: ['search-not-found', 'events-gone', 'too-many-held'],
  }),
  getTrialHistory: operation({
    method: 'GET',
    path: '/v1/trials/{id}/history',
    tag: 'Trials',
    summary: 'Get what became of a trial, transition by transition',
    responses: { 200: { description: 'The history.', schema: trialHistorySchema } },
    problems: ['trial-not-found'],
  }),
} as const;
