import type { SearchView } from '@caviar/contracts';

export interface TabProps {
  readonly search: SearchView;
  /** Grows whenever the search has changed. */
  readonly tick: number;
}
