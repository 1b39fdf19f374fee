import type { DatasetInfo, DatasetSummary, StoredDataset } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { type DataAllowance, dataAllowance } from './data-allowance.js';

/** What is known of a data set. */
export interface DatasetView {
  readonly info: DatasetInfo;
  /** Null in lists, for built-in ones. */
  readonly summary: DatasetSummary | null;
  /** Null for built-in ones. */
  readonly bytes: number | null;
  readonly createdAt: Date | null;
}

/** The same with its summary. */
export type SummarizedDataset = DatasetView & { readonly summary: DatasetSummary };

/** A data set as an upload brings it, still without an id. */
export interface UploadedDataset {
  readonly info: DatasetInfo;
  readonly summary: DatasetSummary;
  readonly bytes: number;
  /** What training reads, gzipped. */
  readonly content: AsyncIterable<Uint8Array>;
}

type Stores = Pick<Deps, 'datasets' | 'storedDatasets'>;

/**
 * The data set that somebody of a project names, by id or name; null when they can see none. Without a project (null) only ids
 * name one.
 */
export async function findDataset(
  { datasets, storedDatasets }: Stores,
  idOrName: string,
  project: string | null,
): Promise<DatasetInfo | null> {
  return datasets.find(idOrName) ?? (await storedDatasets.find(idOrName, project))?.info ?? null;
}

/** Built-in ones first. */
export async function listDatasets(
  { datasets, storedDatasets }: Stores,
  project: string | null,
): Promise<DatasetView[]> {
  const builtIn = datasets.list().map((info) => ({ info, summary: null, bytes: null, createdAt: null }));
  return [...builtIn, ...(await storedDatasets.list(project))];
}

export async function getDataset(
  { datasets, storedDatasets }: Stores,
  id: string,
  project: string | null,
): Promise<SummarizedDataset> {
  const info = datasets.find(id);
  if (info !== null) return { info, summary: await datasets.summary(id), bytes: null, createdAt: null };
  const stored = await storedDatasets.find(id, project);
  if (stored === null) throw notFound(id);
  return stored;
}

/** What a project may still upload. */
export async function uploadAllowance(
  deps: Pick<Deps, 'quotas' | 'storedDatasets'>,
  project: string,
): Promise<DataAllowance> {
  return dataAllowance(deps, project, await deps.storedDatasets.usedBytes(project));
}

/** Stores an upload, once: the same content gives the data set that there is. Throws `dataset-exists`, `quota-exceeded`. */
export async function createDataset(
  deps: Pick<Deps, 'quotas' | 'datasets' | 'storedDatasets' | 'logger'>,
  { info, summary, bytes, content }: UploadedDataset,
  project: string,
): Promise<{ readonly dataset: StoredDataset; readonly created: boolean }> {
  if (deps.datasets.find(info.name) !== null) {
    throw new DomainError('dataset-exists', `"${info.name}" is the name of a built-in data set`);
  }
  (await uploadAllowance(deps, project)).take(bytes);
  const id = newId('ds');
  const stored = await deps.storedDatasets.create({ info: { ...info, id }, summary, project, bytes }, content);
  if (stored.created) deps.logger.info({ datasetId: id, project, rows: info.rows, bytes }, 'data set stored');
  return stored;
}

/** Throws `dataset-in-use` while a search that uses it can go on, and `dataset-built-in`. */
export async function deleteDataset(
  deps: Stores & Pick<Deps, 'logger'>,
  id: string,
  project: string | null,
): Promise<void> {
  if (deps.datasets.find(id) !== null) throw new DomainError('dataset-built-in', `${id} comes with the service`);
  const found = await deps.storedDatasets.find(id, project);
  if (found === null) throw notFound(id);
  const { usedBy } = await deps.storedDatasets.delete(found.info.id);
  if (usedBy !== null) throw new DomainError('dataset-in-use', `The search ${usedBy} uses the data set`);
  deps.logger.info({ datasetId: found.info.id }, 'data set deleted');
}

function notFound(id: string): DomainError {
  return new DomainError('dataset-not-found', `There is no data set ${id}`);
}
