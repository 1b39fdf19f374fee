export type CheckState = 'ok' | 'unavailable';

/** Whether the parts that the service needs answer. */
export interface ServiceChecks {
  run(): Promise<Readonly<Record<'postgres' | 'redis', CheckState>>>;
}

export interface Pings {
  readonly postgres: () => Promise<void>;
  readonly redis: () => Promise<void>;
}

/** A part that takes longer than this counts as away. */
const PATIENCE_MS = 2_000;

export function createServiceChecks(pings: Pings, patienceMs = PATIENCE_MS): ServiceChecks {
  return {
    async run() {
      const [postgres, redis] = await Promise.all([check(pings.postgres, patienceMs), check(pings.redis, patienceMs)]);
      return { postgres, redis };
    },
  };
}

async function check(ping: () => Promise<void>, patienceMs: number): Promise<CheckState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckState>((resolve) => {
    timer = setTimeout(() => resolve('unavailable'), patienceMs);
  });
  const answer = ping().then(
    () => 'ok' as const,
    () => 'unavailable' as const,
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
