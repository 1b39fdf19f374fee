import { type AskedView, OPERATIONS } from '@caviar/contracts';
import type { HandedOut, Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { route } from '../http/route.js';
import { presentTrial } from '../presenters/present-trial.js';

/** Seconds after which a caller who got nothing asks again. */
const RETRY_AFTER_S = '1';

export function externalRoutes(app: FastifyInstance, { external }: Orchestrator): void {
  route(app, OPERATIONS.ask, async ({ id, body, reply }) => present(await external.ask(id, body), reply));

  route(app, OPERATIONS.tell, async ({ id, body: { finishes, ask, ...asker }, reply }) => {
    const answers = await external.finishAll(id, finishes);
    if (ask === 0) return { finishes: answers, trials: [], done: false };
    return { finishes: answers, ...present(await external.ask(id, { count: ask, ...asker }), reply) };
  });

  route(app, OPERATIONS.addMeasurement, async ({ id, body }) => external.measure(id, body));

  route(app, OPERATIONS.heartbeat, async ({ id, body }) => external.heartbeat(id, body.leaseToken));

  route(app, OPERATIONS.releaseTrial, async ({ id, body }) => presentTrial(await external.release(id, body)));

  route(app, OPERATIONS.finishTrial, async ({ id, body }) =>
    presentTrial(await external.finish({ trialId: id, ...body })),
  );

  route(app, OPERATIONS.addTrials, async ({ id, body, reply }) => {
    reply.code(201);
    return { items: (await external.addTrials(id, body.trials)).map(presentTrial) };
  });
}

function present({ trials, done }: HandedOut, reply: FastifyReply): AskedView {
  if (trials.length === 0 && !done) reply.header('Retry-After', RETRY_AFTER_S);
  return {
    trials: trials.map(({ leaseExpiresAt, ...trial }) => ({ ...trial, leaseExpiresAt: leaseExpiresAt.toISOString() })),
    done,
  };
}
