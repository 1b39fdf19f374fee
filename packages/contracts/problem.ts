import { z } from 'zod';

/** What a problem code means to the caller: its HTTP status, a title, and what to do about it. */
export interface ProblemInfo {
  readonly status: number;
  readonly title: string;
  readonly whatToDo: string;
}

/** Every problem that the API answers with. A code is stable; a new meaning gets a new code. */
export const PROBLEMS = {
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    whatToDo: 'Send one JSON document in UTF-8. `detail` says where the parser stopped.',
  },
  'bad-request': {
    status: 400,
    title: 'The request is not well-formed HTTP',
    whatToDo: 'Check the percent-encoding of the URL and the headers of the request.',
  },
  unauthorized: {
    status: 401,
    title: 'A valid API key is needed',
    whatToDo: 'Send a key that is known here and not revoked: `Authorization: Bearer KEY`.',
  },
  forbidden: {
    status: 403,
    title: 'The request comes from elsewhere',
    whatToDo:
      'A service without API keys serves its own machine only: call it by a loopback name such as 127.0.0.1, not from another web site. To serve others, start it with CAVIAR_API_KEYS.',
  },
  'role-too-low': {
    status: 403,
    title: 'The API key may not do this',
    whatToDo: 'Use a key with the role that `detail` names; an admin makes one with `POST /v1/keys`.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this path',
    whatToDo: 'Compare the path with the list of calls at /docs.',
  },
  'search-not-found': {
    status: 404,
    title: 'There is no such search',
    whatToDo: 'Check the id: `GET /v1/searches` lists those there are. A deleted search is gone for good.',
  },
  'nothing-to-diagnose': {
    status: 409,
    title: 'There is nothing to diagnose yet',
    whatToDo: 'Ask again when a trial has finite train and dev errors; only the trainer mlp reports them.',
  },
  'nothing-to-explain': {
    status: 409,
    title: 'There is nothing to explain yet',
    whatToDo: 'Ask again when 16 trials or more have completed, with values that are not all the same.',
  },
  'key-not-found': {
    status: 404,
    title: 'There is no such key',
    whatToDo: 'Check the id: `GET /v1/keys` lists those there are.',
  },
  'trial-not-found': {
    status: 404,
    title: 'There is no such trial',
    whatToDo:
      "Check the id: `GET /v1/searches/{id}/trials` lists a search's trials. They go when their search is deleted.",
  },
  'dataset-not-found': {
    status: 404,
    title: 'There is no such data set',
    whatToDo: 'Check the id: `GET /v1/datasets` lists those there are.',
  },
  'no-model': {
    status: 409,
    title: 'The trial has no network to give',
    whatToDo: 'Only completed and pruned trials of the trainer mlp have one, while their data set is there.',
  },
  'dataset-exists': {
    status: 409,
    title: 'There is another data set of that name',
    whatToDo: 'Give the new one another `name`, or delete the other one first.',
  },
  'dataset-in-use': {
    status: 409,
    title: 'A search uses the data set',
    whatToDo: 'Let the search that `detail` names end, or cancel it; then delete the data set.',
  },
  'dataset-built-in': {
    status: 409,
    title: 'The data set comes with the service',
    whatToDo: 'Nothing: only data sets that were uploaded can be deleted.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not have that method',
    whatToDo: 'Use one of the methods in the header `Allow`.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    whatToDo: 'Send it again, in one go.',
  },
  'idempotency-conflict': {
    status: 409,
    title: 'The idempotency key was used with another body',
    whatToDo: 'Use a fresh `Idempotency-Key` for every new search, and the same body with the same key.',
  },
  'search-ended': {
    status: 409,
    title: 'The search has ended',
    whatToDo: 'Nothing can go on in an ended search. POST its `spec` as a new one, with another `stop` for example.',
  },
  'search-running': {
    status: 409,
    title: 'The search is running',
    whatToDo: 'Cancel or pause it, or let it end; then delete it.',
  },
  'search-not-ended': {
    status: 409,
    title: 'The search has not ended',
    whatToDo: 'Wait for its end, or cancel it: the test set is opened once, when nothing is chosen by it any more.',
  },
  'nothing-to-evaluate': {
    status: 409,
    title: 'There is nothing to evaluate',
    whatToDo:
      'Only the winner of a search with the trainer mlp and a split with a test part can be evaluated on its test set.',
  },
  'trial-ended': {
    status: 409,
    title: 'The trial has ended',
    whatToDo: 'Nothing: an ended trial can neither be cancelled nor end in another way.',
  },
  'worker-not-found': {
    status: 404,
    title: 'There is no such worker',
    whatToDo: 'Check the id: `GET /v1/workers` lists those heard of in the last day.',
  },
  'trial-not-running': {
    status: 409,
    title: 'The trial has not begun',
    whatToDo:
      'Wait until it runs. To try other params, cancel it and add a trial with `POST /v1/searches/{id}/trials`.',
  },
  'trial-not-editable': {
    status: 409,
    title: 'Nothing in this trial can be changed',
    whatToDo:
      'Only training that Caviar does itself can be changed on the way: `GET /v1/trainers` says which parameters of which trainers are `changeable`.',
  },
  'search-not-external': {
    status: 409,
    title: 'Workers train the trials of this search',
    whatToDo: 'Only a search with `"trainer": { "kind": "external" }` hands out trials to code of your own.',
  },
  'lease-lost': {
    status: 409,
    title: 'The trial is no longer yours',
    whatToDo:
      'Drop the trial and ask for another; `detail` says what happened. It was silent for longer than its lease, or handed out again: who finds that too early asks with a longer `leaseMs`, and sends heartbeats. Or it was to pause where its scheduler compares it, and what comes after that step does not count.',
  },
  'webhook-not-found': {
    status: 404,
    title: 'There is no such webhook',
    whatToDo:
      'Check the id: `GET /v1/searches/{id}/webhooks` lists those of a search. They go when their search is deleted.',
  },
  'too-many-webhooks': {
    status: 409,
    title: 'The search has too many webhooks',
    whatToDo: 'Delete one that is not needed any more; a search has ten at most.',
  },
  'events-gone': {
    status: 410,
    title: 'These events are not kept any more',
    whatToDo:
      'Read the search and its trials, then follow the events without `Last-Event-ID`: events are kept for CAVIAR_HISTORY_DAYS.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    whatToDo: 'Send a body of at most 1 MiB. An upload of a data set may be larger: `detail` says what it may come to.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of a type this call does not take',
    whatToDo:
      'Send JSON with `Content-Type: application/json`, a data set as `multipart/form-data`, and no `Content-Encoding`.',
  },
  'invalid-request': {
    status: 422,
    title: 'The request does not make sense',
    whatToDo: '`errors` names every parameter, header or key that is wrong, and says what is expected.',
  },
  'invalid-cursor': {
    status: 422,
    title: 'The cursor is not one of this list',
    whatToDo: 'Pass `nextCursor` of the page before, unchanged, to the same list; leave `cursor` out to begin again.',
  },
  'invalid-spec': {
    status: 422,
    title: 'The search spec does not make sense',
    whatToDo:
      '`errors` points at every key that is wrong. `POST /v1/searches/preview` checks a spec without starting it.',
  },
  'invalid-dataset': {
    status: 422,
    title: 'No data set can be made of the upload',
    whatToDo:
      '`errors` names the part of the upload that is wrong (`/meta/...`, `/file`, `/features`, ...), with line and column. Correct the file or what `meta` says of it.',
  },
  'invalid-patch': {
    status: 422,
    title: 'The change does not make sense',
    whatToDo:
      '`errors` points at every key that is wrong; `name`, `notes`, `parallelism`, `stop` and `space` can be changed.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    whatToDo: 'Send fewer or shorter headers (16 KiB in all).',
  },
  'rate-limited': {
    status: 429,
    title: 'The key makes more requests than it may',
    whatToDo:
      'Wait for the number of seconds in `Retry-After`. Poll with `If-None-Match` and `waitMs`, and tell in batches; an operator raises the limit with CAVIAR_RATE_LIMIT.',
  },
  'too-many-held': {
    status: 429,
    title: 'The key has too many requests waiting',
    whatToDo:
      'Share one stream of events among those who read it, and close what is not read any more; an operator raises the limit with CAVIAR_MAX_HELD_REQUESTS.',
  },
  'quota-exceeded': {
    status: 429,
    title: 'The project has as much as it may',
    whatToDo:
      '`detail` says which quota is used up: wait for a search of the project to end, pause or cancel one, or delete a data set.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    whatToDo: "Try again; if it stays, look for the `requestId` in the service's log.",
  },
  unavailable: {
    status: 503,
    title: 'The service is not available right now',
    whatToDo: 'Try again after the number of seconds in `Retry-After`. `GET /readyz` says which part is away.',
  },
} as const satisfies Readonly<Record<string, ProblemInfo>>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/**
 * The problem type of a code. A reference with an absolute path, as RFC 9457 (3.1.1) allows: the service is self-hosted,
 * so that no host name could be stable, and each instance serves the page itself.
 */
export function problemType(code: ProblemCode): string {
  return `/problems/${code}`;
}

const invalidFieldSchema = z
  .strictObject({
    pointer: z.string().meta({
      description: 'JSON pointer (RFC 6901) into the body, or into the query or headers taken as an object.',
    }),
    parameter: z.string().optional().meta({ description: 'The query parameter or header; absent for the body.' }),
    message: z.string(),
  })
  .meta({
    id: 'InvalidField',
    description: 'One thing that is wrong with a request.',
    examples: [{ pointer: '/space/learningRate/min', message: 'must be above 0 on the scale log' }],
  });

/** `application/problem+json` (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: 'Page that explains the code.' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What happened this time.' }),
    instance: z.string().meta({ description: 'Path of the request.' }),
    code: z.enum(PROBLEM_CODES),
    requestId: z.string().meta({ description: 'Also in the header X-Request-Id, and in the log.' }),
    errors: z.array(invalidFieldSchema).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'An error, as of RFC 9457.',
    examples: [
      {
        type: '/problems/invalid-spec',
        title: 'The search spec does not make sense',
        status: 422,
        detail: 'stop: needs at least one of maxTrials, maxDurationMs, targetValue',
        instance: '/v1/searches',
        code: 'invalid-spec',
        requestId: 'req_2pkYzL0cVq',
        errors: [{ pointer: '/stop', message: 'needs at least one of maxTrials, maxDurationMs, targetValue' }],
      },
    ],
  });
export type Problem = z.infer<typeof problemSchema>;
