import type { DatasetInfo } from '@caviar/spec';

/** The data sets that come with the service. */
export interface DatasetCatalog {
  list(): readonly DatasetInfo[];
  find(id: string): DatasetInfo | null;
}
