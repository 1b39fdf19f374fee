import type { DatasetInfo } from '@caviar/spec';

/** The data sets that a spec can name. */
export interface DatasetCatalog {
  list(): readonly DatasetInfo[];
  find(id: string): DatasetInfo | null;
}
