import type { SearchView } from '@caviar/contracts';
import type { Context } from '../command.js';
import { InputError, MissingError } from '../errors.js';

/** The id that is meant by SEARCH: itself, or that of the newest. */
export async function searchId({ client, io }: Context, text: string): Promise<string> {
  if (text !== 'latest') return text;
  const [newest] = (await client.listSearches({ limit: 1, signal: io.signal })).items;
  if (newest === undefined) throw new MissingError('there is no search yet', ['try: caviar search create SPEC.json']);
  return newest.id;
}

export async function findSearch(context: Context, text: string): Promise<SearchView> {
  return context.client.getSearch(await searchId(context, text), { signal: context.io.signal });
}

/** The id that is meant by TRIAL: itself, or SEARCH#NUMBER, or SEARCH#best. */
export async function trialId(context: Context, text: string): Promise<string> {
  const hash = text.lastIndexOf('#');
  if (hash < 0) return text;
  const id = await searchId(context, text.slice(0, hash));
  const which = text.slice(hash + 1);
  const { client, io } = context;
  if (which === 'best') {
    const { best } = await client.getSearch(id, { signal: io.signal });
    if (best === null)
      throw new MissingError('no trial of that search has a result yet', [`try: caviar search watch ${id}`]);
    return best.trialId;
  }
  if (!/^\d+$/.test(which)) throw new InputError(`"${which}" is no trial: write SEARCH#NUMBER, or SEARCH#best`);
  const number = { min: Number(which), max: Number(which) };
  const [trial] = (await client.trialTable(id, { filter: { number }, limit: 1, signal: io.signal })).items;
  if (trial !== undefined) return trial.id;
  throw new MissingError(`search ${id} has no trial ${which}`, [`try: caviar search show ${id}`]);
}
