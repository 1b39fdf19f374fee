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

/** Who asks for a data set. */
export interface DatasetViewer {
  readonly project: string;
  /** An admin, to whom those of other projects are there as well. */
  readonly seesAll: boolean;
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
  idOrName: string,
  viewer: DatasetViewer,
): Promise<SummarizedDataset> {
  const info = datasets.find(idOrName);
  if (info !== null) return { info, summary: await datasets.summary(info.id), bytes: null, createdAt: null };
  return findStored(storedDatasets, idOrName, viewer);
}

/** By id wherever the viewer may look, by name in their own project. Throws `dataset-not-found`. */
async function findStored(
  storedDatasets: Stores['storedDatasets'],
  idOrName: string,
  { project, seesAll }: DatasetViewer,
): Promise<StoredDataset> {
  const anywhere = seesAll ? await storedDatasets.find(idOrName, null) : null;
  const found = anywhere ?? (await storedDatasets.find(idOrName, project));
  if (found === null) throw new DomainError('dataset-not-found', `There is no data set ${idOrName}`);
  return found;
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
  idOrName: string,
  viewer: DatasetViewer,
): Promise<void> {
  if (deps.datasets.find(idOrName) !== null)
    throw new DomainError('dataset-built-in', `${idOrName} comes with the service`);
  const found = await findStored(deps.storedDatasets, idOrName, viewer);
  const { usedBy } = await deps.storedDatasets.delete(found.info.id);
  if (usedBy !== null) throw new DomainError('dataset-in-use', `The search ${usedBy} uses the data set`);
  deps.logger.info({ datasetId: found.info.id }, 'data set deleted');
}
