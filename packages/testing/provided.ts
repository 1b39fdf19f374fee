/** What the global setup tells every test file. */
export interface TestServers {
  /** Superuser URL of the run's Postgres, in a database that no test uses. */
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
