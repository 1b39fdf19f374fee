/** What the global setup tells every test file. */
export interface TestServers {
  /** Superuser URL of the run's Postgres, without a database name: `postgresql://...@127.0.0.1:PORT/`. */
  readonly postgresUrl: string;
  /** The migrated, empty database that test databases are copied from. */
  readonly template: string;
  readonly redisUrl: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    caviarServers: TestServers;
  }
}
