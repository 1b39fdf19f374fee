export { chooseEngine, type Engine, type SharedEngine, shareEngine } from './engine/simd/engine.js';
export type { Evaluation } from './evaluate.js';
export { evaluateTest, type TestOptions } from './evaluate-test.js';
export { exportModel } from './export-model.js';
export {
  checkGradients,
  type GradientCheck,
  type GradientCheckOptions,
  type GradientComparison,
  type GradientVerdict,
  type LayerGradientComparison,
  type ParameterPart,
} from './gradient-check.js';
export { TrainingInputError, type TrainingJob, type TrainingRun, type TrainingStep } from './job.js';
export { replayLineage } from './replay.js';
export { startTraining } from './start-training.js';
