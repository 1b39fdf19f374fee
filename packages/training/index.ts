export { type CurvePoint, type CurveShape, readCurve } from './diagnosis/curve.js';
export { type Diagnosis, type DiagnosisInput, diagnose, type Verdict } from './diagnosis/diagnose.js';
export type { Estimate } from './diagnosis/intervals.js';
export { type NextSearch, type NextSearchInput, nextSearch } from './diagnosis/next-search.js';
export type { JudgedTrial, PressedBound } from './diagnosis/pressed-bounds.js';
export type { RecipeStep } from './diagnosis/recipe.js';
export { chooseEngine, type Engine } from './engine/simd/engine.js';
export type { Evaluation } from './evaluate.js';
export { evaluateTest } from './evaluate-test.js';
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
export { startTraining } from './start-training.js';
