import type { TrialHolder } from '@caviar/orchestrator';
import { createTestDatabase, openSession, runSql } from '@caviar/testing';
import { expect, test } from 'vitest';
import { createDatabase, type Database } from './index.js';
import { newSearch, quadraticSpec } from './testing/quadratic-spec.js';

const SPEC = quadraticSpec(2);
const HOLDER: TrialHolder = { workerId: 'wrk_1', provenance: {}, leaseMs: 60_000 };
const SEARCH = 'srch_1';

const trial = (number: number, who: string) => ({
  id: `trl_${who}_${number}`,
  number,
  params: { learningRate: 0.5 },
  proposal: 'drawn at random',
  basis: null,
  round: null,
});
const scheduled = (number: number, who: string) => ({ ...trial(number, who), targetStep: 3, parent: null });

type Add = (db: Database, numbers: readonly number[], who: string) => Promise<readonly unknown[]>;
const WAYS: readonly [string, Add][] = [
  [
    'add',
    (db, numbers, who) =>
      db.trials.add(
        { id: SEARCH, spaceVersion: 1, given: 0 },
        numbers.map((number) => trial(number, who)),
      ),
  ],
  [
    'addScheduled',
    (db, numbers, who) =>
      db.rungs.addScheduled(
        SEARCH,
        1,
        numbers.map((number) => scheduled(number, who)),
      ),
  ],
];

// A proposal may come late: its numbers are taken by then, and other workers change their rows.
test.each(WAYS)(
  'four workers on one search: a late %s never waits for a trial that is being claimed',
  async (_, add) => {
    const files = await createTestDatabase();
    const db = createDatabase({ url: files.url });
    await db.searches.create(newSearch(SEARCH, SPEC));
    await add(db, [0, 1], 'first');
    // Somebody has the row of the search, so that the four come to it in an order that is known: two late proposals first, then
    // two claims, which have the rows of their trials by then.
    const somebody = await openSession(files.url);
    await somebody.run(`BEGIN; SELECT FROM searches WHERE id = '${SEARCH}' FOR UPDATE`);
    const statements = [
      () => add(db, [0, 1, 2], 'late'),
      () => add(db, [1, 2, 3], 'later'),
      () => db.trials.claim(['trl_first_0'], HOLDER),
      () => db.trials.claim(['trl_first_1'], HOLDER),
    ];
    const running = [];
    for (const statement of statements) {
      running.push(statement());
      await untilWaiting(files.url, running.length);
    }
    await somebody.run('COMMIT');
    const [late, later, ...claimed] = await Promise.all(running);
    expect([...late!, ...later!]).toHaveLength(2); // numbers 2 and 3
    expect(claimed.flat()).toHaveLength(2);
    // What a session counts is there for all when the session has ended.
    await Promise.all([somebody.end(), db.close()]);
    expect(await runSql(files.url, FAILURES)).toEqual([{ deadlocks: 0, rollbacks: 0 }]);
    await files.drop();
  },
);

const FAILURES = `SELECT deadlocks::int, xact_rollback::int AS rollbacks FROM pg_stat_database WHERE datname = current_database()`;

async function untilWaiting(url: string, sessions: number): Promise<void> {
  for (;;) {
    const rows = await runSql(
      url,
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length === sessions) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
