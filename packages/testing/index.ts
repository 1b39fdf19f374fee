export type { TestServers } from './provided.js';
export { startTestPostgres, startTestRedis, type TestServerOptions, temporaryFolder } from './servers.js';
export { openSession, runSql } from './sql.js';
export { createTestDatabase, type TestDatabase, testRedis } from './test-database.js';
