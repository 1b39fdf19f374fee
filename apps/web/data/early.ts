import type { SearchView, TrialTableView } from '@caviar/contracts';
import { api } from './session.js';

/** Answers that were asked for before the code that wants them was there, by what they are. */
const asked = new Map<string, Promise<unknown>>();

/** What a window of the table is asked for by. */
export function tableKey(searchId: string, query: object, chunk: number): string {
  return `table ${searchId} ${JSON.stringify(query)} ${chunk}`;
}

/** Rows of the table that are asked for at once. */
export const TABLE_CHUNK = 100;

/** Asks for what the page at an address begins with: its code takes as long to come as the answers do. */
export function askEarly({
  path: [top, id, tab],
  query,
}: {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}) {
  if (top !== 'searches' || id === undefined || id === 'new') return;
  keep<SearchView>(id, api().getSearch(id));
  const isPlain = [...query.keys()].every((name) => name === 'columns' || name === 'pins');
  if (tab !== 'trials' || !isPlain) return;
  const first = { sort: 'value', order: 'asc', status: [], filter: {} } as const;
  keep<TrialTableView>(tableKey(id, first, 0), api().trialTable(id, { ...first, offset: 0, limit: TABLE_CHUNK }));
}

function keep<Value>(key: string, answer: Promise<Value>): void {
  answer.catch(() => {}); // whoever takes it is told
  asked.set(key, answer);
}

/** Takes what was asked for early, once. */
export function takeEarly<Value>(key: string): Promise<Value> | undefined {
  const answer = asked.get(key) as Promise<Value> | undefined;
  asked.delete(key);
  return answer;
}
