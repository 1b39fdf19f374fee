import type { SearchView } from '@caviar/contracts';
import { endedOf } from '../../ui/parts.js';

type Compare = (a: SearchView, b: SearchView) => number;

const newest: Compare = (a, b) => b.createdAt.localeCompare(a.createdAt);

/** Orders of the list; between equals the newest is first. */
export const SORTS = {
  created: newest,
  name: (a, b) => a.name.localeCompare(b.name) || newest(a, b),
  status: (a, b) => a.status.localeCompare(b.status) || newest(a, b),
  progress: (a, b) => share(b) - share(a) || newest(a, b),
  trials: (a, b) => b.progress.total - a.progress.total || newest(a, b),
} satisfies Record<string, Compare>;

export type SortName = keyof typeof SORTS;

function share({ progress }: SearchView): number {
  return progress.total === 0 ? 0 : endedOf(progress) / progress.total;
}
