export { type Migrated, type MigrateOptions, migrate } from './migrate.js';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres.js';
export { isAlive, stopOrphan } from './process-table.js';
export { type RedisOptions, type RedisServer, startRedis } from './redis.js';
export { chooseRedis, type RedisChoice } from './redis-binaries.js';
export { repositoryRoot } from './repository.js';
export type { Exit, Running } from './running.js';
export { start } from './start.js';
export { messageOf, StepError } from './step-error.js';
