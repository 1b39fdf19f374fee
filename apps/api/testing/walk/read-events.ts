import type { SearchEventView } from '@caviar/contracts';
import { isAllowed, SEARCH_LIFE } from '@caviar/orchestrator';
import { runSql } from '@caviar/testing';
import { body } from '../wire.js';
import { allTrials, call, must, same, type World } from './world.js';

interface Told {
  readonly id: string;
  readonly event: SearchEventView;
}

/** The events after a place, up to the newest there is. */
async function read(world: World, after: string): Promise<Told[]> {
  const [row] = await runSql(world.databaseUrl, `SELECT event_seq FROM searches WHERE id = '${world.searchId}'`);
  const newest = Number(row?.['event_seq']);
  const told: Told[] = [];
  if (seqOf(after) >= newest) return told;
  const { baseUrl } = world.random.pick(world.instances);
  const stop = new AbortController();
  const response = await fetch(`${baseUrl}/v1/searches/${world.searchId}/events`, {
    headers: { 'Last-Event-ID': after },
    signal: stop.signal,
  });
  must(response.status === 200, 'no events', response.status, await (response.ok ? '' : response.text()));
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const id = /^id: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (id !== undefined && data !== undefined) told.push({ id, event: JSON.parse(data) });
    }
    if (seqOf(told.at(-1)?.id ?? '0') >= newest) break;
  }
  stop.abort();
  return told;
}

function seqOf(id: string): number {
  return Number(id.split('.')[0]);
}

/** Every transition and every measurement is told once, in order, and the telling can be taken up at any place. */
export async function checkEvents(world: World): Promise<void> {
  // Something that is one event alone: after it, all of what came before has been read.
  await call(world, 'PATCH', `/v1/searches/${world.searchId}`, { notes: `read ${world.random.next()}` });
  const told = await read(world, '0');
  must(new Set(told.map(({ id }) => id)).size === told.length, 'an id twice');
  let before = 0;
  for (const { id } of told) {
    must(
      seqOf(id) >= before,
      'out of order',
      told.map((one) => one.id),
    );
    before = seqOf(id);
  }
  for (let resumed = 0; resumed < 3; resumed++) {
    const at = world.random.int(0, told.length - 1);
    must(same(await read(world, told[at]!.id), told.slice(at + 1)), 'other events after a place', told[at]);
  }
  let status: (SearchEventView & { kind: 'search' })['status'] | null = null;
  for (const { event } of told) {
    if (event.kind !== 'search') continue;
    must(event.from === status, 'the search goes astray', event, status);
    must(
      event.from === event.status || isAllowed(SEARCH_LIFE, event.from, event.status),
      'a way that is not drawn',
      event,
    );
    status = event.status;
  }
  for (const trial of await allTrials(world)) {
    const { items } = body(await call(world, 'GET', `/v1/trials/${trial.id}/history`), 'getTrialHistory');
    const mine = told.flatMap(({ event }) => (event.kind === 'trial' && event.trialId === trial.id ? [event] : []));
    const walk = mine.map(({ at, attempt, from, status: to, reason, workerId }) => ({
      at,
      attempt,
      from,
      status: to,
      reason,
      workerId,
    }));
    must(same(walk, items), 'other transitions than in the history', walk, items);
    const curve = body(await call(world, 'GET', `/v1/trials/${trial.id}/measurements`), 'getMeasurements').items;
    const steps = told.flatMap(({ event }) =>
      event.kind === 'measurement' && event.trialId === trial.id ? [{ step: event.step, metrics: event.metrics }] : [],
    );
    const measured = curve.map(({ step, metrics }) => ({ step, metrics }));
    must(
      same(
        [...steps].sort((a, b) => a.step - b.step),
        measured,
      ),
      'other measurements',
      steps,
      measured,
    );
  }
}
