import type { SearchView } from '@caviar/contracts';
import { downloadUrl, fileName } from '../../charts/download.js';
import { api } from '../../data/session.js';

/** Saves all trials as the service streams them; with a key, a link alone could not ask for them. */
export async function saveExport({ id, name }: SearchView, format: 'csv' | 'jsonl'): Promise<void> {
  const stream = await api().exportTrials(id, format);
  const url = URL.createObjectURL(await new Response(stream).blob());
  downloadUrl(url, fileName(name, format));
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
