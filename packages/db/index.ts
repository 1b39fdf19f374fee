export { createDatabase, type Database } from './database.js';
export type { DatabaseStatistics } from './statistics.js';
