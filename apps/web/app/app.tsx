import { ProblemError } from '@caviar/client';
import { lazy, Suspense, useEffect, useState } from 'react';
import { startLive } from '../data/live.js';
import { api } from '../data/session.js';
import { SearchesPage } from '../pages/searches/searches-page.js';
import { Empty, Skeleton } from '../ui/states.js';
import { KeyGate } from './key-gate.js';
import { Link, type Place, usePlace } from './router.js';
import { TopBar } from './top-bar.js';

const SearchPage = lazy(async () => ({ default: (await import('../pages/search/search-page.js')).SearchPage }));
const NewSearchPage = lazy(async () => ({
  default: (await import('../pages/new-search/new-search-page.js')).NewSearchPage,
}));
const TrialPage = lazy(async () => ({ default: (await import('../pages/trial/trial-page.js')).TrialPage }));
const WorkersPage = lazy(async () => ({ default: (await import('../pages/workers-page.js')).WorkersPage }));
const DatasetPage = lazy(async () => ({ default: (await import('../pages/dataset-page.js')).DatasetPage }));
const DatasetsPage = lazy(async () => ({ default: (await import('../pages/datasets-page.js')).DatasetsPage }));

type Access = 'unknown' | 'granted' | 'needs-key' | 'wrong-key';

export function App() {
  const [access, setAccess] = useState<Access>('unknown');
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const refused = (error: unknown) => {
      if (error instanceof ProblemError && error.code === 'unauthorized') {
        setAccess(attempt === 0 ? 'needs-key' : 'wrong-key');
      } else setAccess('granted');
    };
    const stop = new AbortController();
    api()
      .listSearches({ limit: 1, signal: stop.signal })
      .then(
        () => setAccess('granted'),
        (error: unknown) => {
          if (!stop.signal.aborted) refused(error);
        },
      );
    const stopLive = startLive(refused);
    return () => {
      stop.abort();
      stopLive();
    };
  }, [attempt]);

  if (access === 'needs-key' || access === 'wrong-key') {
    return <KeyGate isWrong={access === 'wrong-key'} onKey={() => setAttempt((count) => count + 1)} />;
  }
  return (
    <>
      <TopBar />
      <main id="main" tabIndex={-1}>
        {access === 'granted' && (
          <Suspense fallback={<Skeleton height={320} />}>
            <Page />
          </Suspense>
        )}
      </main>
    </>
  );
}

function Page() {
  const place = usePlace();
  const title = titleOf(place);
  useEffect(() => {
    document.title = title === '' ? 'Caviar' : `${title} · Caviar`;
  }, [title]);
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
