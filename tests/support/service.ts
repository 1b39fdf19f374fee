import { type Fleet, startFleet } from './fleet.js';

/** An API and workers as processes of their own, as an operator runs them. */
export interface Service extends Pick<Fleet, 'databaseUrl' | 'redisUrl' | 'output' | 'stop'> {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
}

export async function startService({
  workers,
  env = {},
}: {
  readonly workers: number;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<Service> {
  const fleet = await startFleet({ env });
  try {
    const [api] = await Promise.all([fleet.addApi(), ...Array.from({ length: workers }, () => fleet.addWorker())]);
    return { ...fleet, url: api.url };
  } catch (error) {
    await fleet.stop();
    throw error;
  }
}
