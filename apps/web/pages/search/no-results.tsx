import type { SearchView } from '@caviar/contracts';
import type { ReactNode } from 'react';
import { Empty } from '../../ui/states.js';

/** In the place of a picture without anything to draw: what will come, or that nothing will. */
export function NoResults({
  search: { endedAt },
  what = 'results',
  children,
}: {
  readonly search: SearchView;
  readonly what?: 'results' | 'measurements';
  readonly children: ReactNode;
}) {
  if (endedAt === null) {
    return (
      <Empty title={`No ${what} yet`}>
        <p>{children}</p>
      </Empty>
    );
  }
  return <Empty title={what === 'results' ? 'No trial came to a result' : 'No trial reported a measurement'} />;
}
