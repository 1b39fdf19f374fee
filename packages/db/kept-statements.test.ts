import { createTestDatabase } from '@caviar/testing';
import { expect, test } from 'vitest';
import { createClient } from './client.js';
import { createStatementNames, isPooled } from './kept-statements.js';
import { RungRepository } from './rung-repository.js';
import { TrialRepository } from './trial-repository.js';

test('the same text has the same name, another text another; what Prisma writes has none; there is an end to them', () => {
  const nameOf = createStatementNames();
  expect(nameOf({ sql: 'SELECT 1' })).toMatch(/^caviar_[0-9a-f]{24}$/);
  expect(nameOf({ sql: 'SELECT 1' })).toBe(nameOf({ sql: 'SELECT 1' }));
  expect(nameOf({ sql: 'SELECT 2' })).not.toBe(nameOf({ sql: 'SELECT 1' }));
  expect(nameOf({ sql: 'SELECT "public"."trials"."id" FROM "public"."trials"' })).toBe('');
  const names = Array.from({ length: 1000 }, (_, i) => nameOf({ sql: `SELECT ${i}` }));
  expect(new Set(names).size).toBeLessThan(300);
  expect(names.at(-1)).toBe('');
});

test('a pooler that lends connections by the statement is known by its parameter', () => {
  expect(isPooled('postgresql://u@pool:6432/caviar?pgbouncer=true')).toBe(true);
  expect(isPooled('postgresql://u@db:5432/caviar?sslmode=disable')).toBe(false);
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Parent Relationship'?: string;
  readonly Plans?: readonly Plan[];
}

/** Indexes by which a plan comes to trials; "Seq Scan" where it reads all of them. */
function waysToTrials(plan: Plan): string[] {
  const { 'Node Type': type, 'Index Name': index = '', 'Relation Name': table, Plans: children = [] } = plan;
  const own = index.startsWith('trials_') ? [index] : type === 'Seq Scan' && table === 'trials' ? [type] : [];
  return [...own, ...children.flatMap(waysToTrials)];
}

/** A plan without what is asked only of a search whose places are short (`HAS_PLACE`), and that. */
function parted(plan: Plan): { readonly always: Plan; readonly seldom: readonly Plan[] } {
  const { Plans: children = [], ...node } = plan;
  const isSeldom = (child: Plan) => child['Parent Relationship'] === 'SubPlan';
  const rest = children.filter((child) => !isSeldom(child)).map(parted);
  const always = { ...node, Plans: rest.map((part) => part.always) };
  return { always, seldom: [...children.filter(isSeldom), ...rest.flatMap(({ seldom }) => seldom)] };
}

const LEASE_MS = 60_000;

test('plans that are made while the tables are empty find trials by their ids all the same', async () => {
  const files = await createTestDatabase();
  const { client, close } = createClient({ url: files.url, poolSize: 1 }); // one connection: what it keeps can be asked of it
  const trials = new TrialRepository(client);
  const lease = { trialId: 'trl_1', attempt: 1 };
  const report = { ...lease, step: 1, metrics: {}, elapsedMs: 1 };
  const result = { value: 1, rankKey: 1, violation: null, step: 1, metrics: {}, reason: null, durationMs: 1 };
  await trials.claim(['trl_1'], { workerId: 'wrk_1', provenance: {}, leaseMs: LEASE_MS });
  await trials.record([report], LEASE_MS);
  await trials.renew([lease], LEASE_MS);
  await trials.finish([{ ...lease, status: 'completed', ...result }], [report]);
  await trials.fail([{ ...lease, reason: 'x', maxRetries: 0 }]);
  await new RungRepository(client).arrive(
    [{ ...lease, ...result, entry: 1, elapsedMs: 1, checkpoint: null }],
    [report],
  );

  await client.$executeRaw`SET plan_cache_mode = force_generic_plan`;
  const kept = await client.$queryRaw<{ name: string; parameters: number }[]>`
    SELECT name, cardinality(parameter_types)::int AS parameters FROM pg_prepared_statements
    WHERE statement LIKE '%UPDATE trials%' AND statement NOT LIKE '%pg_prepared_statements%'`;
  expect(kept).toHaveLength(6);
  for (const { name, parameters } of kept) {
    const nulls = Array.from({ length: parameters }, () => 'NULL').join(', ');
    const rows = await client.$queryRawUnsafe<{ 'QUERY PLAN': readonly { Plan: Plan }[] }[]>(
      `EXPLAIN (FORMAT JSON) EXECUTE ${name} (${nulls})`,
    );
    const { always, seldom } = parted(rows[0]!['QUERY PLAN'][0]!.Plan);
    expect(waysToTrials(always)).toEqual(['trials_pkey']);
    expect(new Set(seldom.flatMap(waysToTrials))).toEqual(new Set(seldom.length > 0 ? ['trials_open_idx'] : []));
  }
  await close();
  await files.drop();
});
