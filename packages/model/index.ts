export { writeOnnx } from './onnx/write-onnx.js';
export { type Prediction, predict, type RawRow, RowError } from './predict.js';
export { ModelFormatError, readModel, writeModel } from './safetensors.js';
