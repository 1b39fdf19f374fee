import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Logger,
  MeasurementReport,
  TrialCheckpoint,
  TrialControl,
  TrialDesk,
  TrialLease,
} from '@caviar/orchestrator';

/** Reports of all trials wait this long for each other and go out in one statement. */
const GATHER_MS = 100;

export interface HeldTrial {
  readonly lease: TrialLease;
  /** Hears what is wanted of the trial; `lost` is final. */
  readonly onControl: (control: TrialControl) => void;
}

export interface HeldTrials {
  hold(trial: HeldTrial): void;
  /** Queues measurements of a held trial for the next statement. */
  report(reports: readonly MeasurementReport[]): void;
  /** Has a checkpoint stored, after the measurements up to there; one that has not gone out when the next comes never does. */
  keep(trialId: string, checkpoint: TrialCheckpoint): void;
  /**
   * Takes back the reports of a trial that Postgres has not confirmed, for its last statement. Those on their way are
   * among them: where the trial's end overtakes them, Postgres refuses them, and to store one twice changes nothing.
   */
  takeReports(trialId: string): readonly MeasurementReport[];
  /** Lets a trial go, when Postgres has its result. */
  letGo(trialId: string): void;
  /** Asks at once what is wanted of each trial. */
  look(): void;
  readonly size: number;
  close(): void;
}

/**
 * The trials this process holds: keeps their leases, sends their measurements in gathered statements, and passes on what
 * Postgres answers. While Postgres is away training goes on and reports wait here.
 */
export function createHeldTrials({
  desk,
  leaseMs,
  logger,
}: {
  readonly desk: TrialDesk;
  readonly leaseMs: number;
  readonly logger: Logger;
}): HeldTrials {
  const held = new Map<string, HeldTrial>();
  let checkpoints = new Map<string, TrialCheckpoint>();
  let waiting: MeasurementReport[] = [];
  let sending: MeasurementReport[] = [];
  let closed = false;
  let busy = false;
  let again = false;
  /** What the next exchange is to do beside sending reports: leases are renewed now and then, the rest only reads. */
  let renews = false;
  let looks = false;
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (!closed) timer ??= setTimeout(() => void exchange(), GATHER_MS);
  }

  /** One exchange with Postgres at a time: reports go first, their answers carry the control of those trials. */
  async function exchange(): Promise<void> {
    timer = undefined;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    sending = waiting;
    waiting = [];
    const keeping = checkpoints;
    checkpoints = new Map();
    try {
      const reported = await desk.report(sending);
      sending = [];
      for (const [trialId, control] of [...reported, ...(await askOthers(reported))]) {
        held.get(trialId)?.onControl(control);
      }
      await keepAll(keeping);
    } catch (error) {
      renews = true;
      logger.warn({ err: error }, 'measurements and leases have to wait');
      waiting = [...sending.filter(({ trialId }) => held.has(trialId)), ...waiting];
      sending = [];
      await sleep(1_000);
      again = true;
    } finally {
      busy = false;
    }
    if (again || waiting.length > 0) {
      again = false;
      schedule();
    }
  }

  /** What is wanted of the trials that no report has renewed. */
  async function askOthers(reported: ReadonlyMap<string, unknown>): Promise<ReadonlyMap<string, TrialControl>> {
    const question = renews ? desk.renew : looks ? desk.look : undefined;
    renews = looks = false;
    if (question === undefined) return new Map();
    return question([...held.values()].map(({ lease }) => lease).filter(({ trialId }) => !reported.has(trialId)));
  }

  async function keepAll(keeping: ReadonlyMap<string, TrialCheckpoint>): Promise<void> {
    for (const [trialId, checkpoint] of keeping) {
      const lease = held.get(trialId)?.lease;
      if (lease !== undefined) await desk.keepCheckpoint(lease, checkpoint);
    }
  }

  const heartbeat = setInterval(() => {
    if (held.size === 0) return;
    renews = true;
    schedule();
  }, leaseMs / 4);

  return {
    hold(trial) {
      held.set(trial.lease.trialId, trial);
    },
    report(reports) {
      waiting.push(...reports);
      schedule();
    },
    keep(trialId, checkpoint) {
      checkpoints.set(trialId, checkpoint);
      schedule();
    },
    takeReports(trialId) {
      const left = [...sending, ...waiting].filter((report) => report.trialId === trialId);
      sending = sending.filter((report) => report.trialId !== trialId);
      waiting = waiting.filter((report) => report.trialId !== trialId);
      return left;
    },
    letGo(trialId) {
      held.delete(trialId);
      checkpoints.delete(trialId);
    },
    look() {
      if (held.size === 0) return;
      looks = true;
      schedule();
    },
    get size() {
      return held.size;
    },
    close() {
      closed = true;
      clearInterval(heartbeat);
      clearTimeout(timer);
    },
  };
}
