import type { SpecIssue } from '@caviar/spec';

/**
 * What can go wrong in the life of a search, named for what the caller should do. No HTTP here: the API's table maps codes.
 * - `invalid-spec`: the spec does not make sense; `issues` say where.
 * - `invalid-patch`: likewise for a change.
 * - `invalid-cursor`: a page token that this service did not make.
 * - `search-not-found`, `trial-not-found`, `dataset-not-found`, `key-not-found`: there is none of that id.
 * - `dataset-exists`: there is another data set of that name.
 * - `dataset-in-use`: a search that can go on uses it; `dataset-built-in`: it comes with the service. It cannot be deleted.
 * - `no-model`: the trial has no network that could be given.
 * - `idempotency-conflict`: the key was used with another body.
 * - `search-ended`: the search has ended, so it can't be paused, resumed or cancelled.
 * - `search-running`: the search still runs, so it can't be deleted.
 * - `quota-exceeded`: the project has as much running as it may.
 * - `search-not-ended`: the search has not ended, so its test set stays sealed.
 * - `nothing-to-evaluate`: there is no winner, or no test set.
 * - `search-not-external`: workers train its trials, so nobody else can ask for them.
 * - `trial-ended`: the trial has ended.
 * - `trial-not-running`: the trial has never begun.
 * - `trial-not-editable`: its training is not ours to change.
 * - `worker-not-found`: there is none of that id.
 * - `lease-lost`: the trial is not, or no longer, the caller's.
 * - `invalid-request`: what was sent does not fit the search; `issues` say where.
 * - `nothing-to-diagnose`: there are no errors to judge by.
 * - `nothing-to-explain`: too few trials, or values that do not differ.
 * - `events-gone`: events after the place asked for are not kept any more.
 * - `webhook-not-found`: there is none of that id; `too-many-webhooks`: the search has as many as it may have.
 * - `unavailable`: Postgres is away; try again.
 */
export type DomainErrorCode =
  | 'invalid-spec'
  | 'invalid-patch'
  | 'invalid-cursor'
  | 'search-not-found'
  | 'trial-not-found'
  | 'dataset-not-found'
  | 'dataset-exists'
  | 'dataset-in-use'
  | 'dataset-built-in'
  | 'no-model'
  | 'key-not-found'
  | 'idempotency-conflict'
  | 'search-ended'
  | 'search-running'
  | 'quota-exceeded'
  | 'search-not-ended'
  | 'nothing-to-evaluate'
  | 'search-not-external'
  | 'trial-ended'
  | 'trial-not-running'
  | 'trial-not-editable'
  | 'worker-not-found'
  | 'lease-lost'
  | 'invalid-request'
  | 'nothing-to-diagnose'
  | 'nothing-to-explain'
  | 'events-gone'
  | 'webhook-not-found'
  | 'too-many-webhooks'
  | 'unavailable';

export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: DomainErrorCode,
    message: string,
    readonly details: { readonly issues?: readonly SpecIssue[]; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
  }

  /** Paths into the request with what is wrong there; empty unless the code is `invalid-…`. */
  get issues(): readonly SpecIssue[] {
    return this.details.issues ?? [];
  }
}
