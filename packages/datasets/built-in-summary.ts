import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dataset, DatasetSummary } from '@caviar/spec';
import { DatasetNotFoundError } from './catalog.js';
import { summarize } from './ingest/summarize.js';
import { packageRoot } from './package-root.js';

let kept: Promise<Readonly<Record<string, DatasetSummary>>> | undefined;

/** The summary of a built-in data set, as an upload of it would have. Throws DatasetNotFoundError. */
export async function builtInSummary(id: string): Promise<DatasetSummary> {
  kept ??= read();
  // A failed read is tried again by the next caller.
  kept.catch(() => {
    kept = undefined;
  });
  const summaries = await kept;
  const summary = Object.hasOwn(summaries, id) ? summaries[id] : undefined;
  if (summary === undefined) throw new DatasetNotFoundError(id);
  return summary;
}

/** Of the rows themselves: what `builtInSummary` reads was written by this, and takes no time. */
export function summarizeBuiltIn(dataset: Dataset): DatasetSummary {
  return summarize(dataset, [], { name: 'label', untold: 0 });
}

async function read(): Promise<Readonly<Record<string, DatasetSummary>>> {
  const packed = await readFile(join(packageRoot(), 'data', 'summaries.json.gz'));
  return JSON.parse((await promisify(gunzip)(packed)).toString('utf8'));
}
