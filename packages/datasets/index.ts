export { BUILT_IN, type BuiltIn } from './built-in.js';
export {
  builtInCatalog,
  createCatalog,
  type DatasetCatalog,
  DatasetCorruptError,
  DatasetNotFoundError,
  listDatasets,
  loadDataset,
} from './catalog.js';
export { CsvError, type CsvOptions, parseCsv } from './formats/csv.js';
