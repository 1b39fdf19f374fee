export { type CurveShape, readCurve } from './curve.js';
export { type Diagnosis, DiagnosisError, type DiagnosisInput, diagnose, type Verdict } from './diagnose.js';
export type { Estimate } from './intervals.js';
export { type NextSearch, type NextSearchInput, nextSearch } from './next-search.js';
export type { JudgedTrial, PressedBound } from './pressed-bounds.js';
export type { RecipeStep } from './recipe.js';
