import type { Logger, MeasurementReport, TrialDesk, TrialLease } from '@caviar/orchestrator';
import { describe, expect, it } from 'vitest';
import { createHeldTrials } from './held-trials.js';

const LEASE = { trialId: 'trl_1', attempt: 1 };
const measured = (step: number): MeasurementReport => ({
  ...LEASE,
  step,
  metrics: { loss: 1 / step },
  elapsedMs: step,
});
const logger = { info() {}, warn() {}, error() {}, debug() {} } as unknown as Logger;

/** A desk at which reports wait until they are let through, or refused. */
function slowDesk() {
  const waiting: { readonly reports: readonly MeasurementReport[]; readonly end: (error?: Error) => void }[] = [];
  const desk: Pick<TrialDesk, 'report' | 'renew'> = {
    report: (reports) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve(new Map()) : reject(error));
        waiting.push({ reports, end });
      }),
    renew: async () => new Map(),
  };
  return { desk: desk as TrialDesk, waiting };
}

async function onTheirWay() {
  const { desk, waiting } = slowDesk();
  const held = createHeldTrials({ desk, leaseMs: 60_000, logger });
  held.hold({ lease: LEASE, onControl: () => {} });
  held.report([measured(1)]);
  await expect.poll(() => waiting.length).toBe(1);
  held.report([measured(2)]);
  return { held, sent: waiting[0]! };
}

describe('what is wanted of trials', () => {
  /** A desk at which nothing waits, and what was asked there. */
  function quickDesk() {
    const asked: { readonly renew: (readonly TrialLease[])[]; readonly look: (readonly TrialLease[])[] } = {
      renew: [],
      look: [],
    };
    const desk: Pick<TrialDesk, 'report' | 'renew' | 'look'> = {
      report: async (reports) => new Map(reports.map(({ trialId }) => [trialId, 'continue'])),
      renew: async (leases) => {
        asked.renew.push(leases);
        return new Map(leases.map(({ trialId }) => [trialId, 'continue']));
      },
      look: async (leases) => {
        asked.look.push(leases);
        return new Map(leases.map(({ trialId }) => [trialId, 'cancel']));
      },
    };
    return { desk: desk as TrialDesk, asked };
  }

  it('is read when somebody looks; no lease is written for it', async () => {
    const { desk, asked } = quickDesk();
    const heard: string[] = [];
    const held = createHeldTrials({ desk, leaseMs: 600_000, logger });
    held.hold({ lease: LEASE, onControl: (control) => heard.push(control) });
    held.look();
    await expect.poll(() => heard).toEqual(['cancel']);
    expect(asked).toEqual({ renew: [], look: [[LEASE]] });
    held.close();
  });

  it('comes with the leases when it is time to renew them, and is not asked of a trial that has just reported', async () => {
    const { desk, asked } = quickDesk();
    const other = { trialId: 'trl_2', attempt: 1 };
    const held = createHeldTrials({ desk, leaseMs: 200, logger });
    for (const lease of [LEASE, other]) held.hold({ lease, onControl: () => {} });
    held.report([measured(1)]);
    await expect.poll(() => asked.renew.length).toBeGreaterThan(0);
    expect(asked.renew[0]).toEqual([other]);
    expect(asked.look).toEqual([]);
    held.close();
  });
});

describe('the reports of a trial that ends', () => {
  it('are all taken back that Postgres has not confirmed: those on their way can be overtaken by the end', async () => {
    const { held, sent } = await onTheirWay();
    expect(sent.reports).toEqual([measured(1)]);
    expect(held.takeReports(LEASE.trialId)).toEqual([measured(1), measured(2)]);
    expect(held.takeReports(LEASE.trialId)).toEqual([]);
    sent.end();
    held.close();
  });

  it('are not taken back when they have been confirmed', async () => {
    const { held, sent } = await onTheirWay();
    sent.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.takeReports(LEASE.trialId)).toEqual([measured(2)]);
    held.close();
  });

  it('wait in their order when Postgres did not take them', async () => {
    const { held, sent } = await onTheirWay();
    sent.end(new Error('Postgres is away'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.takeReports(LEASE.trialId)).toEqual([measured(1), measured(2)]);
    held.close();
  });
});
