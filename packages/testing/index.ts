export type { TestServers } from './provided.js';
export { startTestPostgres, startTestRedis, type TestServerOptions, temporaryFolder } from './servers.js';
export { runSql } from './sql.js';
export { createTestDatabase, type TestDatabase, testRedis } from './test-database.js';
