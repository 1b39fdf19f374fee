import { lazy, Suspense, useEffect, useLayoutEffect, useState } from 'react';
import { askEarly } from '../data/early.js';
import { startLive } from '../data/live.js';
import { hasKey, whenRefused } from '../data/session.js';
import { SearchesPage } from '../pages/searches/searches-page.js';
import { FaultBoundary } from '../ui/fault-boundary.js';
import { Empty, Skeleton } from '../ui/states.js';
import { KeyGate } from './key-gate.js';
import { loadCode } from './load-code.js';
import { Link, type Place, usePlace } from './router.js';
import { titleWith } from './title.js';
import { TopBar } from './top-bar.js';

const load = {
  search: () => import('../pages/search/search-page.js'),
  newSearch: () => import('../pages/new-search/new-search-page.js'),
  trial: () => import('../pages/trial/trial-page.js'),
  workers: () => import('../pages/workers-page.js'),
  dataset: () => import('../pages/dataset-page.js'),
  datasets: () => import('../pages/datasets-page.js'),
};
const SearchPage = lazy(async () => ({ default: (await loadCode(load.search)).SearchPage }));
const NewSearchPage = lazy(async () => ({ default: (await loadCode(load.newSearch)).NewSearchPage }));
const TrialPage = lazy(async () => ({ default: (await loadCode(load.trial)).TrialPage }));
const WorkersPage = lazy(async () => ({ default: (await loadCode(load.workers)).WorkersPage }));
const DatasetPage = lazy(async () => ({ default: (await loadCode(load.dataset)).DatasetPage }));
const DatasetsPage = lazy(async () => ({ default: (await loadCode(load.datasets)).DatasetsPage }));

/** Begins with what a page needs while nothing is drawn yet: its code, and its first answers. */
export function prepare(place: Place): void {
  const [top, id] = place.path;
  const code =
    top === 'searches' ? (id === 'new' ? load.newSearch : id && load.search) : top === 'trials' && load.trial;
  if (code) code().catch(() => {}); // whoever draws it asks again, and is told
  askEarly(place);
}

export function App() {
  const [isRefused, setRefused] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const { path } = usePlace();

  useEffect(() => {
    whenRefused(() => setRefused(true));
    if (isRefused) return;
    return startLive();
  }, [isRefused]);

  if (isRefused) {
    const again = () => {
      setAttempt((count) => count + 1);
      setRefused(false);
    };
    return <KeyGate isWrong={hasKey()} onKey={again} />;
  }
  return (
    <>
      <TopBar />
      <main id="main" tabIndex={-1}>
        <FaultBoundary place={path.join('/')}>
          <Suspense fallback={<Skeleton height={320} />}>
            <Page key={attempt} />
          </Suspense>
        </FaultBoundary>
      </main>
    </>
  );
}

function Page() {
  const place = usePlace();
  const title = titleOf(place);
  const address = place.path.join('/');
  // Before what is shown names it better, once it is there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: also of the next thing of the same kind
  useLayoutEffect(() => {
    document.title = titleWith(title);
  }, [title, address]);
  const [top, id, tab] = place.path;
  if (top === undefined || (top === 'searches' && id === undefined)) return <SearchesPage />;
  if (top === 'searches' && id === 'new') return <NewSearchPage />;
  if (top === 'searches' && id !== undefined) return <SearchPage key={id} id={id} tab={tab ?? 'overview'} />;
  if (top === 'trials' && id !== undefined) return <TrialPage key={id} id={id} />;
  if (top === 'workers') return <WorkersPage />;
  if (top === 'datasets' && id !== undefined) return <DatasetPage id={id} />;
  if (top === 'datasets') return <DatasetsPage />;
  return (
    <Empty title="There is nothing here">
      <p>
        The address may be mistyped. <Link href="/searches">All searches</Link>
      </p>
    </Empty>
  );
}

function titleOf({ path: [top, id] }: Place): string {
  if (top === 'searches') return id === 'new' ? 'New search' : id === undefined ? 'Searches' : 'Search';
  if (top === 'trials') return 'Trial';
  if (top === 'workers') return 'Workers';
  if (top === 'datasets') return 'Data sets';
  return '';
}
