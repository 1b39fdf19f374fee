import type { Deps } from '../deps.js';
import { inRounds } from '../rounds.js';
import { createSpecCache } from '../spec-cache.js';
import { advanceSearch } from '../use-cases/advance-search.js';
import { addTrials } from './add-trials.js';
import { ask } from './ask.js';
import type { DeskContext, ExternalDesk } from './external-desk.js';
import { finishAll, finishOne } from './finish.js';
import { heartbeat, measure } from './measure.js';
import { release } from './release.js';

export function createExternalDesk(deps: Deps): ExternalDesk {
  const context: DeskContext = {
    deps,
    specOf: createSpecCache(deps.searches),
    advance: inRounds((searchId: string) => advanceSearch(deps, searchId)),
  };
  return {
    ask: (searchId, request) => ask(context, searchId, request),
    measure: (trialId, report) => measure(context, trialId, report),
    heartbeat: (trialId, leaseToken) => heartbeat(context, trialId, leaseToken),
    release: (trialId, request) => release(context, trialId, request),
    finish: (request) => finishOne(context, request),
    finishAll: (searchId, requests) => finishAll(context, requests, searchId),
    addTrials: (searchId, trials) => addTrials(context, searchId, trials),
  };
}
