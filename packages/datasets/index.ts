export { BUILT_IN, type BuiltIn, type BuiltInFiles } from './built-in.js';
export {
  builtInCatalog,
  createCatalog,
  type DatasetCatalog,
  DatasetCorruptError,
  DatasetNotFoundError,
  findDataset,
  listDatasets,
  loadDataset,
} from './catalog.js';
export { CsvError, type CsvOptions, parseCsv } from './formats/csv.js';
export { parseIdx } from './formats/idx.js';
export { FormatError, type NdArray } from './formats/nd-array.js';
export { parseNpy } from './formats/npy.js';
export { type DatasetLabel, datasetFromArrays } from './from-arrays.js';
export { datasetFromCsv, type TableOptions } from './from-table.js';
