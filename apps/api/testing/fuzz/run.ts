import fc from 'fast-check';
import type { TestApp } from '../test-app.js';
import { body, quadraticSpec } from '../wire.js';
import { complaintAbout } from './judge.js';
import { anyPlan, type Plan } from './plan.js';
import { type Answer, send } from './send.js';
import { World } from './world.js';

/** Requests in flight at once. */
const AT_ONCE = 8;
/** Batches after which searches are cancelled, so that quotas leave room for new ones. */
const TIDY_EVERY = 25;
/** Different complaints after which no more are looked for. */
const ENOUGH = 20;

export interface FuzzReport {
  /** Answers by operation and status: `createSearch 201`. */
  readonly answers: ReadonlyMap<string, number>;
  readonly requests: number;
}

/**
 * Sends requests of any kind to a service that listens, and throws at the first answer that is not one that the contract allows. The
 * service is one with keys, of which `adminKey` is one.
 */
export async function fuzz(
  { app, worker }: Pick<TestApp, 'app' | 'worker'>,
  { requests, seed, adminKey }: { readonly requests: number; readonly seed: number; readonly adminKey: string },
): Promise<FuzzReport> {
  const { port } = app.server.address() as { port: number };
  const world = new World();
  const headers = { authorization: `Bearer ${adminKey}` };
  world.add('admin', adminKey);
  for (const id of ['digits', 'breast-cancer-wisconsin']) world.add('datasets', id);
  world.add('problems', 'invalid-spec');
  world.add('guide', 'first-search');
  world.add('workers', worker.id);

  const answers = new Map<string, number>();
  let batches = 0;
  const batch = fc.array(anyPlan(), { minLength: AT_ONCE, maxLength: AT_ONCE });
  const complaints = new Map<string, string>();
  const property = fc.asyncProperty(batch, async (plans) => {
    if (batches++ % TIDY_EVERY === 0) await tidy();
    await Promise.all(plans.map(one));
    return complaints.size < ENOUGH;
  });
  // Shrinking would send other requests to another state of the service: what failed is shown as it was.
  const { failed, errorInstance } = await fc.check(property, {
    numRuns: Math.ceil(requests / AT_ONCE),
    seed,
    endOnFailure: true,
  });
  if (complaints.size > 0) throw new Error(`seed ${seed}:\n${[...complaints.values()].join('\n=====\n')}`);
  if (failed) throw errorInstance;
  return { answers, requests: batches * AT_ONCE };

  async function one(plan: Plan): Promise<void> {
    const bytes = bytesOf(plan, world);
    const endsAfter = (plan.lengthError ?? 0) > 0;
    const answer = await send(port, bytes, { endsAfter }).catch((error: Error) => error);
    // A body that stops in the middle may be answered, or the connection closed: there is nobody left to tell.
    const complaint =
      answer instanceof Error
        ? answer.message
        : endsAfter && plan.body !== null && answer === null
          ? null
          : complaintAbout(plan, answer);
    if (complaint !== null) {
      const shown =
        answer instanceof Error || answer === null
          ? ''
          : `\n--- answered with ---\n${answer.status} ${answer.body.slice(0, 2_000)}`;
      complaints.set(
        `${plan.operationId}: ${complaint}`,
        `${plan.operationId}: ${complaint}\n${bytes.toString('latin1').slice(0, 3_000)}${shown}`,
      );
      return;
    }
    if (answer instanceof Error || answer === null) return;
    learn(plan, answer);
  }

  function learn({ operationId, isExact }: Plan, { status, headers: given, body: text }: Answer): void {
    if (isExact) answers.set(`${operationId} ${status}`, (answers.get(`${operationId} ${status}`) ?? 0) + 1);
    if (given['etag'] !== undefined) world.add('etag', given['etag']);
    if (status < 300 && text !== '' && /^application\/json(;|$)/.test(given['content-type'] ?? ''))
      world.learn(JSON.parse(text));
  }

  /** Lets some trials end, ends what runs, and sees to it that there is something to ask about. */
  async function tidy(): Promise<void> {
    await worker.heartbeat();
    // Some of those there were have been revoked.
    for (const [name, role, project] of [
      ['submit', 'submit', 'default'],
      ['read', 'read', 'default'],
      ['elsewhere', 'submit', 'elsewhere'],
    ] as const) {
      const made = await app.inject({ method: 'POST', url: '/v1/keys', headers, payload: { name, role, project } });
      world.add(name, body(made, 'createKey').key);
    }
    const { items } = body(await app.inject({ url: '/v1/searches?status=running&limit=200', headers }), 'listSearches');
    for (const { id, spec } of items) {
      if (spec.trainer.kind === 'quadratic')
        await worker.finish(id, ({ number }) => [{ cost: number }, { cost: number / 2 }], 20);
      await app.inject({ method: 'POST', url: `/v1/searches/${id}/cancel`, headers });
    }
    for (const trainer of [{ kind: 'quadratic' }, { kind: 'external' }]) {
      const payload = {
        ...quadraticSpec,
        trainer,
        objective: { metric: 'cost', direction: 'minimize' },
        parallelism: 6,
      };
      const made = body(await app.inject({ method: 'POST', url: '/v1/searches', headers, payload }), 'createSearch');
      world.learn(made);
      if (trainer.kind === 'quadratic') await worker.finish(made.id, ({ number }) => [{ cost: number }], 3);
      else {
        const asked = await app.inject({
          method: 'POST',
          url: `/v1/searches/${made.id}/ask`,
          headers,
          payload: { count: 3 },
        });
        world.learn(body(asked, 'ask'));
      }
      world.learn((await app.inject({ url: `/v1/searches/${made.id}/trials`, headers })).json());
    }
  }
}

function bytesOf(plan: Plan, world: World): Buffer {
  const { method, target, headers, body: planned, lengthError } = plan;
  const content = planned?.toBytes(world.fill(planned.json)) ?? Buffer.alloc(0);
  const lines = headers.map(([name, value]) => `${name}: ${world.fill(value)}`);
  const framed = planned !== null || lengthError !== 0;
  if (planned !== null && planned.type !== '') lines.push(`Content-Type: ${planned.type}`);
  if (framed && lengthError === null) lines.push('Transfer-Encoding: chunked');
  else if (framed) lines.push(`Content-Length: ${Math.max(0, content.length + (lengthError ?? 0))}`);
  lines.push('Connection: close');
  const head = Buffer.from(`${method} ${world.fill(target)} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (!framed) return head;
  if (lengthError !== null) return Buffer.concat([head, content]);
  const chunk =
    content.length === 0 ? [] : [Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')];
  return Buffer.concat([head, ...chunk, Buffer.from('0\r\n\r\n')]);
}
