export { BUILT_IN, type BuiltIn, type BuiltInFiles } from './built-in.js';
export { builtInSummary, summarizeBuiltIn } from './built-in-summary.js';
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
export type { Ingested } from './ingest/ingest.js';
export { IngestError } from './ingest/ingest-error.js';
export { ingestInThread } from './ingest/ingest-in-thread.js';
export { cellOf, isStandIn, numberOf } from './ingest/records.js';
export { DEFAULT_LIMITS, FILE_FIELDS, type FileField, type IngestLimits, type UploadedFile } from './ingest/upload.js';
export { type DatasetPlace, openDataset } from './open-dataset.js';
