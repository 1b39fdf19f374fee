/** The part of this package that does without zod, for threads that train: `@caviar/spec/plain`. Types come from the package itself. */
export { hasTestPart } from './dataset.js';
export { MAX_ONE_HOT } from './input-encoding.js';
export { findTrainer } from './trainers/registry.js';
