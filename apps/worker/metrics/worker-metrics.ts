import type { Delivery, Reconciled, TrialDesk } from '@caviar/orchestrator';
import { createMetrics, type Metrics } from '@caviar/telemetry';

/** What a worker tells of its work, beside Node's own metrics. */
export interface WorkerMetrics {
  readonly metrics: Metrics;
  /** The desk, with what goes over it counted. */
  watchDesk(desk: TrialDesk): TrialDesk;
  reconciled(what: Reconciled): void;
  delivered(deliveries: readonly Delivery[]): void;
}

/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export function createWorkerMetrics(
  connections: () => Readonly<Record<'busy' | 'idle' | 'waiting', number>>,
): WorkerMetrics {
  const metrics = createMetrics();
  metrics.gauge(
    { name: 'db_connections', help: 'Connections to Postgres, and statements that wait for one.', labels: ['state'] },
    async () => Object.entries(connections()).map(([state, value]) => ({ labels: { state }, value })),
  );
  const claimed = metrics.histogram({
    name: 'claim_duration_seconds',
    help: 'Time of the statement that claims the trials of a job.',
    labels: [],
    buckets: BUCKETS,
  });
  const attempts = metrics.counter({
    name: 'attempts_total',
    help: 'Attempts of trials by how they ended here: a status, failed (tried again or not), arrived, released or lost.',
    labels: ['outcome'],
  });
  for (const outcome of ['completed', 'pruned', 'infeasible', 'cancelled', 'failed', 'arrived', 'released', 'lost']) {
    attempts({ outcome }, 0); // A rate can only be told of what was there before.
  }
  const expired = metrics.counter({
    name: 'leases_expired_total',
    help: 'Trials that this process queued again since their holder had fallen silent.',
    labels: [],
  });
  const redispatched = metrics.counter({
    name: 'redispatched_total',
    help: 'Queued trials that this process dispatched again since no job seemed to stand for them.',
    labels: [],
  });
  const webhooks = metrics.counter({
    name: 'webhook_deliveries_total',
    help: 'Looks at webhooks that had something to be told, by what came of them.',
    labels: ['outcome'],
  });
  for (const outcome of ['told', 'failed', 'given up']) webhooks({ outcome }, 0);

  const lost = (controls: ReadonlyMap<string, string>) => {
    const count = [...controls.values()].filter((control) => control === 'lost').length;
    if (count > 0) attempts({ outcome: 'lost' }, count);
  };
  return {
    metrics,
    watchDesk: (desk) => ({
      ...desk,
      async claim(ids) {
        const from = performance.now();
        const assignments = await desk.claim(ids);
        claimed({}, (performance.now() - from) / 1000);
        return assignments;
      },
      async report(reports) {
        const controls = await desk.report(reports);
        lost(controls);
        return controls;
      },
      async renew(leases) {
        const controls = await desk.renew(leases);
        lost(controls);
        return controls;
      },
      async finish(outcomes, options) {
        const finished = await desk.finish(outcomes, options);
        const ours = new Set(finished);
        for (const { trialId, status } of outcomes) if (ours.has(trialId)) attempts({ outcome: status });
        return finished;
      },
      async arrive(arrivals, options) {
        const arrived = await desk.arrive(arrivals, options);
        if (arrived.length > 0) attempts({ outcome: 'arrived' }, arrived.length);
        return arrived;
      },
      async fail(searchId, failure) {
        await desk.fail(searchId, failure);
        attempts({ outcome: 'failed' });
      },
      async release(searchId, release) {
        await desk.release(searchId, release);
        attempts({ outcome: 'released' });
      },
    }),
    reconciled(what) {
      expired({}, what.reclaimed);
      redispatched({}, what.redispatched);
    },
    delivered(deliveries) {
      for (const outcome of deliveries) webhooks({ outcome });
    },
  };
}
