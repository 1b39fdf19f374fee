export { createDatabase, type Database } from './database.js';
export { schemaProblem } from './session.js';
export type { DatabaseStatistics } from './statistics.js';
