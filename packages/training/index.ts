export { TrainingInputError, type TrainingJob, type TrainingRun, type TrainingStep } from './job.js';
export { startTraining } from './start-training.js';
