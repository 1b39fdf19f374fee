import { createHash } from 'node:crypto';

/** Statements kept at most, on each connection; there are some sixty. */
const MOST = 256;

/**
 * Names statements, so that a connection plans each once and keeps the plan: for those that workers send all the time planning takes
 * twice as long as carrying them out. Those that Prisma writes itself
 * have no name (''): their text grows with their arguments.
 */
export function createStatementNames(schema = 'public'): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= MOST || sql.includes(`"${schema}".`)) return '';
    const name = `caviar_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`;
    names.set(sql, name);
    return name;
  };
}

/**
 * Whether connections are lent statement by statement (PgBouncer's transaction pooling), by the parameter that Prisma has for it:
 * nothing can be kept on them.
 */
export function isPooled(url: string): boolean {
  return new URL(url).searchParams.get('pgbouncer') === 'true';
}
