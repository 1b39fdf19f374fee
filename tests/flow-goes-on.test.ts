import { createDatabase } from '@caviar/db';
import type { FinalTrialStatus, Params, SearchSpec, TrialStatus } from '@caviar/spec';
import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, expect, test, vi } from 'vitest';
import type { Deps } from '../packages/orchestrator/deps.js';
import {
  createFlow,
  exploreParams,
  type FlowCommand,
  type FlowResult,
  learnsFromResults,
  observe,
  planSearch,
  prepareSearch,
  startLearning,
  suggestNext,
} from '../packages/search/index.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
afterAll(async () => {
  await db.close();
  await files.drop();
});

const SPEC: SearchSpec = {
  name: 'goes on',
  trainer: { kind: 'external', params: {}, maxRetries: 0 },
  space: {
    x: { kind: 'float', min: 1e-3, max: 1, scale: 'log' },
    y: { kind: 'float', min: 0, max: 1, scale: 'linear' },
  },
  objective: { metric: 'cost', direction: 'minimize' },
  sampler: { kind: 'random' },
  scheduler: { kind: 'asha', minResource: 1, maxResource: 9, eta: 3 },
  stop: { maxTrials: 20_000 },
  parallelism: 16,
  seed: 5,
  reproducibility: 'strict',
};
/** Trials that there are when the new process comes: several blocks of them, and of the log. */
const TRIALS = 5_000;
const LAST_STEP = 9;

interface Row {
  readonly number: number;
  readonly params: Params;
  status: TrialStatus;
  step: number;
  value: number | null;
  targetStep: number | null;
  readonly parent: { readonly number: number; readonly step: number } | null;
  readonly rungs: Record<string, number | null>;
}

/** The life of a search as one process carries it out that is there from the beginning, all in memory. */
class Life {
  readonly rows: Row[] = [];
  readonly log: { readonly number: number; readonly step: number | null }[] = [];
  private readonly flow;
  private readonly learning;
  private draw: ReturnType<typeof prepareSearch> | null = null;
  private readonly unobserved = new Set<number>();

  constructor(private readonly spec: SearchSpec) {
    this.flow = createFlow(spec, planSearch(spec));
    this.learning = learnsFromResults(spec) ? startLearning(spec) : null;
    this.carryOut();
  }

  /** Has what runs come to its next stop, each in its turn, and does what follows from it. */
  goOn(): void {
    for (const job of this.flow.running()) {
      this.come(job);
      this.carryOut();
    }
  }

  /** The same for all at once, and with nothing done about it yet. */
  comeToStops(): void {
    for (const job of this.flow.running()) this.come(job);
  }

  /** Makes, queues and ends trials as the flow has it. */
  carryOut(): void {
    for (const command of this.flow.take()) this.take(command);
  }

  private come({ number, toStep }: { readonly number: number; readonly toStep: number | null }): void {
    const row = this.rows[number]!;
    if (row.status !== 'queued') return; // it has; the flow waits for others before it
    const result = this.resultOf(row, toStep);
    row.step = result.step;
    row.value = result.value;
    if (result.status === 'reached') {
      row.status = 'paused';
      row.rungs[result.step] = result.value;
    } else row.status = result.status;
    this.log.push({ number, step: result.status === 'reached' ? result.step : null });
    this.flow.feed([result]);
  }

  /** Some break down on the way, some are called off; the better `x`, the better they get. */
  private resultOf({ number, params, step }: Row, toStep: number | null): FlowResult {
    const ends: Record<number, FinalTrialStatus> = { 3: 'failed', 11: 'infeasible', 23: 'cancelled' };
    const broken = ends[(number * 31 + step * 7) % 61];
    if (broken !== undefined) return { number, step, value: null, status: broken };
    const to = toStep ?? LAST_STEP;
    const value = (Number(params['x']) - 0.1) ** 2 + Number(params['y']) / to;
    return { number, step: to, value, status: toStep === null ? 'completed' : 'reached' };
  }

  private take(command: FlowCommand): void {
    const { number } = command;
    const row = this.rows[number];
    if (command.kind === 'create') {
      this.unobserved.add(number);
      const { from = null, toStep: targetStep } = command;
      const params = this.propose(number, from?.number);
      const step = from?.step ?? 0;
      this.rows.push({ number, params, status: 'queued', step, value: null, targetStep, parent: from, rungs: {} });
    } else if (command.kind === 'continue') Object.assign(row!, { status: 'queued', targetStep: command.toStep });
    else if (command.kind === 'stop') row!.status = 'pruned';
    else {
      const { kind: _, ...seen } = command;
      this.unobserved.delete(number);
      if (this.learning !== null) observe(this.learning, [{ ...seen, params: row!.params }]);
    }
  }

  private propose(number: number, parent: number | undefined): Params {
    if (parent !== undefined) {
      return exploreParams(this.spec, { number: parent, params: this.rows[parent]!.params }, number).params;
    }
    if (this.learning === null) {
      this.draw ??= prepareSearch(this.spec);
      return this.draw.propose(number).params;
    }
    // A learner with thousands behind it takes a while for each: until the end nearly any params will do.
    if (number < TRIALS) return { x: ((number * 7919) % 997) / 997 + 1e-3, y: ((number * 104_729) % 991) / 991 };
    const pending = [...this.unobserved].filter((one) => one < number);
    const withParams = pending.map((one) => ({ number: one, params: this.rows[one]!.params }));
    return suggestNext(this.learning, number, withParams).params;
  }
}

/** Writes down a search as it stands in memory. */
async function store(id: string, spec: SearchSpec, { rows, log }: Life): Promise<void> {
  const more = { project: 'default', plannedTotal: 20_000, roundCount: 0, prior: [], idempotency: null };
  await db.searches.create({ id, spec, ...more });
  await runSql(
    files.url,
    `BEGIN; ALTER TABLE trials DISABLE TRIGGER USER;
     INSERT INTO trials (id, search_id, number, status, params, proposal, attempt, value, rank_key, step, target_step, parent, rungs, metrics)
     SELECT '${id}_' || number, '${id}', number, status::trial_status, params, '', 1, value, value, step, "targetStep", parent, rungs,
       CASE WHEN value IS NULL THEN '{}' ELSE json_build_object('cost', value) END
     FROM json_to_recordset('${JSON.stringify(rows)}')
       AS r (number int, status text, params json, value float8, step int, "targetStep" int, parent json, rungs json);
     ALTER TABLE trials ENABLE TRIGGER USER;
     INSERT INTO scheduler_log (search_id, seq, number, step)
     SELECT '${id}', n - 1, (e->>'number')::int, (e->>'step')::int
     FROM json_array_elements('${JSON.stringify(spec.reproducibility === 'throughput' ? log : [])}') WITH ORDINALITY AS l (e, n);
     INSERT INTO checkpoints (trial_id, step, elapsed_ms, data)
     SELECT id, step, 0, '' FROM trials WHERE search_id = '${id}' AND status = 'paused';
     UPDATE searches s SET queued = c.queued, paused = c.paused, completed = c.completed, pruned = c.pruned, failed = c.failed,
       infeasible = c.infeasible, cancelled = c.cancelled
     FROM (SELECT count(*) FILTER (WHERE status = 'queued') AS queued, count(*) FILTER (WHERE status = 'paused') AS paused,
       count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'pruned') AS pruned,
       count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'infeasible') AS infeasible,
       count(*) FILTER (WHERE status = 'cancelled') AS cancelled FROM trials WHERE search_id = '${id}') c
     WHERE s.id = '${id}'; COMMIT`,
  );
}

async function stored(id: string) {
  const records = await db.rungs.rungRecords(id, { numbers: [], from: 0 });
  return records.map(({ number, status, params, targetStep }) => ({ number, status, params, targetStep }));
}

const shown = ({ rows }: Life) =>
  rows.map(({ number, status, params, targetStep }) => ({ number, status, params, targetStep }));

/** A process of its own, as far as flows go, whose trials nobody carries out. */
async function anotherProcess() {
  vi.resetModules();
  const { advanceSearch } = await import('../packages/orchestrator/use-cases/advance-search.js');
  const dispatcher = { dispatch: async () => {} };
  const signals = { publish() {}, subscribe: () => () => {} };
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  return (searchId: string) => advanceSearch({ ...db, dispatcher, signals, logger } as unknown as Deps, searchId);
}

const TPE = { kind: 'tpe', startup: 10, candidates: 24 } as const;
const PBT = { kind: 'pbt', population: 16, interval: 3, quantile: 0.25, factors: [0.8, 1.2], resample: 0.25 } as const;
test.each<[string, Partial<SearchSpec>]>([
  ['asha', {}],
  ['asha, by a log', { reproducibility: 'throughput' }],
  ['asha with tpe', { sampler: TPE }],
  ['asha with tpe, by a log', { sampler: TPE, reproducibility: 'throughput' }],
  ['hyperband', { scheduler: { kind: 'hyperband', minResource: 1, maxResource: LAST_STEP, eta: 3 } }],
  ['pbt', { scheduler: { ...PBT, maxResource: LAST_STEP } }],
])(
  'a process that comes to many trials goes on with them as one that was there from the beginning: %s',
  async (name, changes) => {
    const spec = { ...SPEC, ...changes };
    const life = new Life(spec);
    while (life.rows.length < TRIALS) life.goOn();
    const id = `srch_${name.replaceAll(/\W+/g, '_')}`;
    life.comeToStops();
    await store(id, spec, life);
    life.carryOut();

    const advance = await anotherProcess();
    await advance(id);
    expect(await stored(id)).toEqual(shown(life));
    expect(life.rows.length).toBeGreaterThan(TRIALS);

    // All is done: who comes next changes nothing.
    const other = await anotherProcess();
    await other(id);
    expect(await stored(id)).toEqual(shown(life));
  },
);
