import type { Metrics, Sample } from '@caviar/telemetry';
import type { ServiceChecks } from '../service-checks.js';

/** Counts for monitoring, by status. */
export interface ServiceStatistics {
  readonly searchesByStatus: Readonly<Record<string, number>>;
  readonly trialsByStatus: Readonly<Record<string, number>>;
  readonly activeWorkers: number;
  readonly longestWaitSeconds: number;
  readonly webhooksByStatus: Readonly<Record<string, number>>;
  readonly webhookLagSeconds: number;
}

export interface StatisticsSources {
  readonly statistics: () => Promise<ServiceStatistics>;
  readonly queueCounts: () => Promise<Readonly<Record<string, number>>>;
  readonly connections: () => Readonly<Record<'busy' | 'idle' | 'waiting', number>>;
  readonly heldRequests: () => number;
  readonly checks: ServiceChecks;
}

/** Gauges read from Postgres and Redis at each scrape, at most every two seconds; a part that is away shows as down. */
export function registerServiceMetrics(metrics: Metrics, sources: StatisticsSources): void {
  const statistics = cached(sources.statistics);
  const queueCounts = cached(sources.queueCounts);
  const byKey = <Label extends string>(label: Label, counts: Readonly<Record<string, number>>): Sample<Label>[] =>
    Object.entries(counts).map(([key, value]) => ({ labels: { [label]: key } as Record<Label, string>, value }));

  metrics.gauge({ name: 'searches', help: 'Searches by status.', labels: ['status'] }, async () =>
    byKey('status', (await statistics())?.searchesByStatus ?? {}),
  );
  metrics.gauge({ name: 'trials', help: 'Trials by status.', labels: ['status'] }, async () =>
    byKey('status', (await statistics())?.trialsByStatus ?? {}),
  );
  metrics.gauge({ name: 'workers_active', help: 'Workers heard of lately.', labels: [] }, async () => {
    const read = await statistics();
    return read === null ? [] : [{ labels: {}, value: read.activeWorkers }];
  });
  const one = (value: number | undefined) => (value === undefined ? [] : [{ labels: {}, value }]);
  metrics.gauge(
    { name: 'trial_wait_seconds', help: 'Longest wait of a trial for its first start.', labels: [] },
    async () => one((await statistics())?.longestWaitSeconds),
  );
  metrics.gauge({ name: 'webhooks', help: 'Webhooks by status.', labels: ['status'] }, async () =>
    byKey('status', (await statistics())?.webhooksByStatus ?? {}),
  );
  metrics.gauge(
    { name: 'webhook_lag_seconds', help: 'Age of the oldest event that a webhook was not told of.', labels: [] },
    async () => one((await statistics())?.webhookLagSeconds),
  );
  metrics.gauge(
    { name: 'db_connections', help: 'Connections to Postgres, and statements that wait for one.', labels: ['state'] },
    async () => byKey('state', sources.connections()),
  );
  metrics.gauge({ name: 'held_requests', help: 'Streams of events and waiting boards.', labels: [] }, async () =>
    one(sources.heldRequests()),
  );
  metrics.gauge({ name: 'queue_jobs', help: 'Jobs in the queue by state.', labels: ['state'] }, async () =>
    byKey('state', (await queueCounts()) ?? {}),
  );
  metrics.gauge({ name: 'up', help: '1 while a part of the service answers.', labels: ['part'] }, async () =>
    Object.entries(await sources.checks.run()).map(([part, state]) => ({
      labels: { part },
      value: state === 'ok' ? 1 : 0,
    })),
  );
}

const FRESH_MS = 2_000;

/** The value, read again once it is older than two seconds; null while it can't be read. */
function cached<Value>(read: () => Promise<Value>): () => Promise<Value | null> {
  let value: Promise<Value | null> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (value === undefined || performance.now() - readAt > FRESH_MS) {
      readAt = performance.now();
      value = read().catch(() => null);
    }
    return value;
  };
}
