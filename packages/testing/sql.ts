import pg from 'pg';

/** Runs one statement, or a script, on a session of its own. Returns the rows of the last statement. */
export async function runSql(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const session = await openSession(url);
  try {
    return await session.run(sql);
  } finally {
    await session.end();
  }
}

export interface SqlSession {
  /** Runs one statement, or a script; returns the rows of the last statement. */
  run(sql: string): Promise<readonly Record<string, unknown>[]>;
  end(): Promise<void>;
}

/** A session that stays open between statements: for locks that are held, for many small questions. */
export async function openSession(url: string): Promise<SqlSession> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    async run(sql) {
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
      return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
    },
    end: () => client.end(),
  };
}

/** The same server and user, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}
