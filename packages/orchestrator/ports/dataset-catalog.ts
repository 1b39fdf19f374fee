import type { DatasetInfo, DatasetSummary } from '@caviar/spec';

/** The data sets that come with the service. */
export interface DatasetCatalog {
  list(): readonly DatasetInfo[];
  find(id: string): DatasetInfo | null;
  /** Of one that there is. */
  summary(id: string): Promise<DatasetSummary>;
}
