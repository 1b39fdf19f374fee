import type { BoardQuery, TrialFinish } from '@caviar/orchestrator';
import { createTestDatabase } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { BoardReader } from './board-reader.js';
import { createClient } from './client.js';
import { createDatabase } from './database.js';
import { quadraticSpec } from './testing/quadratic-spec.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
const { client, close } = createClient({ url: files.url, poolSize: 2 });

afterAll(async () => {
  await Promise.all([db.close(), close()]);
  await files.drop();
});

const HOLDER = { workerId: 'wrk_1', provenance: { node: 'v24.0.0' }, leaseMs: 60_000 };
let searches = 0;

async function createSearch(): Promise<string> {
  const id = `srch_board_${searches++}`;
  const more = { project: 'default', plannedTotal: 1000, roundCount: 0, prior: [], idempotency: null };
  await db.searches.create({ id, spec: quadraticSpec(2), ...more });
  return id;
}

async function add(searchId: string, first: number, count: number): Promise<void> {
  const trials = Array.from({ length: count }, (_, i) => ({
    id: `trl_${searchId}_${first + i}`,
    number: first + i,
    params: { learningRate: 1 / (1 + first + i), choice: 'ü"\\' },
    proposal: 'drawn at random',
    round: null,
    basis: { sampler: 'tpe' as const, trials: [1], score: { name: 's', value: -0 } },
  }));
  await db.trials.add({ id: searchId, spaceVersion: 1, given: 0 }, trials);
}

/** A small generator of numbers in [0, 1). */
function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a reader that keeps pages', () => {
  test.each([1, 2, 3])('gives at every moment what one that knows nothing gives (%i)', async (seed) => {
    const searchId = await createSearch();
    const random = drawing(seed);
    const kept = new BoardReader(client);
    const constrained = seed === 3 ? ('maximize' as const) : undefined;
    const cursors = new Set<string>();
    let made = 0;
    const open: { trialId: string; attempt: number }[] = [];
    for (let round = 0; round < 30; round++) {
      if (random() < 0.5) {
        await add(searchId, made, 3);
        const ids = [0, 1, 2].map((i) => `trl_${searchId}_${made + i}`);
        for (const { trialId, attempt } of await db.trials.claim(ids, HOLDER)) open.push({ trialId, attempt });
        made += 3;
      } else {
        const ended = open.splice(0, 1 + Math.floor(3 * random()));
        const finishes = ended.map((lease): TrialFinish => {
          const value = random() < 0.2 ? null : Math.floor(8 * random()) / 4;
          const violation = value !== null && random() < 0.3 ? 1 + Math.floor(2 * random()) : null;
          const status = value === null ? 'infeasible' : 'completed';
          const rankKey = violation === null ? value : null;
          const rest = { step: 3, metrics: { cost: value, w: 1e-300 }, reason: null, durationMs: 7 };
          return { ...lease, status, value, rankKey, violation, ...rest };
        });
        await db.trials.finish(finishes, []);
      }
      const queries: BoardQuery[] = [
        { limit: 2 },
        { limit: 5 },
        ...[...cursors].map((cursor) => ({ limit: 2, cursor })),
      ];
      for (const query of queries.map((one) => ({ ...one, constrained }))) {
        const page = await kept.read(searchId, query);
        expect(page).toEqual(await new BoardReader(client).read(searchId, query));
        expect(page).toEqual(await kept.read(searchId, query)); // and again, with nothing changed
        if (page?.nextCursor != null && cursors.size < 6) cursors.add(page.nextCursor);
      }
    }
    expect(cursors.size).toBe(6);
  });

  test('is sent no rows while others end outside its page, and all of them when one of its own changes', async () => {
    const searchId = await createSearch();
    const reader = new BoardReader(client);
    await add(searchId, 0, 6);
    const ids = [0, 1, 2, 3, 4, 5].map((i) => `trl_${searchId}_${i}`);
    const leases = await db.trials.claim(ids, HOLDER);
    const finish = (i: number, value: number) => {
      const { trialId, attempt } = leases[i]!;
      const more = { value, rankKey: value, violation: null, step: 3, metrics: {}, reason: null, durationMs: 7 };
      return db.trials.finish([{ trialId, attempt, status: 'completed', ...more }], []);
    };
    for (const i of [0, 1, 2]) await finish(i, i);
    const first = await reader.read(searchId, { limit: 2 });
    await finish(3, 9);
    const second = await reader.read(searchId, { limit: 2 });
    expect(second?.version).toBe(first!.version + 1);
    expect(second?.progress.completed).toBe(4);
    expect(second?.entries).toBe(first?.entries);
    // A row that changes in place, with the version raised.
    await client.$executeRaw`UPDATE trials SET duration_ms = 8 WHERE id = ${ids[1]!}`;
    await finish(4, 10);
    const third = await reader.read(searchId, { limit: 2 });
    expect(third?.entries.map(({ trial }) => trial.durationMs)).toEqual([7, 8]);
    await finish(5, 0.5);
    const fourth = await reader.read(searchId, { limit: 2 });
    expect(fourth?.entries.map(({ trial }) => trial.number)).toEqual([0, 5]);
    expect(fourth).toEqual(await db.trials.leaderboard(searchId, { limit: 2 }));
  });

  test('knows no search that is not there, or not any more', async () => {
    const searchId = await createSearch();
    const reader = new BoardReader(client);
    expect((await reader.read(searchId, { limit: 2 }))?.entries).toEqual([]);
    await db.searches.transition(searchId, { from: ['running'], to: 'cancelled', reason: null });
    expect(await db.searches.delete(searchId)).toBe(true);
    expect(await reader.read(searchId, { limit: 2 })).toBeNull();
  });
});
