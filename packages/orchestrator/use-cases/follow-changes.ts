import type { Change } from '../charts.js';
import type { Deps } from '../deps.js';
import { pause } from './pause.js';

/** How often somebody at a glance is told. */
const LOOK_MS = 1_000;
/** Readers who ask for the same within this time are given the same answer. */
const SHARED_MS = 500;

export interface ChangesOptions {
  /** Left out: of every project. */
  readonly project?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Follows all searches and the list of workers until `signal` aborts: `ready`, then what is another than a second before. The
 * cost is one question a second, for all readers of a project together, and a row for each search that changed.
 *
 * The function is to be made once per process.
 */
export function createChangesFollower(
  deps: Pick<Deps, 'searches' | 'charts'>,
): (options: ChangesOptions) => AsyncGenerator<readonly Change[], void> {
  const share = shared();
  const marksOf = (project: string | undefined) => share(`marks ${project ?? ''}`, () => deps.charts.marks(project));
  const workersMark = () => share('workers', () => deps.charts.workersMark());

  return async function* follow({ project, signal }) {
    const look = async (answers = Promise.all([marksOf(project), workersMark()])) => {
      const [marks, workers] = await answers;
      return { searches: new Map(marks.map(({ id, mark }) => [id, mark])), workers };
    };
    // The first is nobody else's: one from before the reader saw a search would not know it, and never tell that it is gone.
    let known = await look(Promise.all([deps.charts.marks(project), deps.charts.workersMark()]));
    yield [{ kind: 'ready' }];
    while (!signal.aborted) {
      await pause(LOOK_MS, signal);
      const present = await look();
      const changed = [...present.searches].filter(([id, mark]) => known.searches.get(id) !== mark);
      const searches = await Promise.all(
        changed.map(([id, mark]) => share(`search ${id} ${mark}`, () => deps.searches.get(id))),
      );
      const missing = [...known.searches.keys()].filter((id) => !present.searches.has(id));
      // One that is not among the newest any more is not gone for that.
      const left = await Promise.all(missing.map((id) => deps.searches.version(id)));
      const changes: Change[] = [
        ...searches.flatMap((search) => (search === null ? [] : [{ kind: 'search' as const, search }])),
        ...missing.filter((_, i) => left[i] === null).map((searchId) => ({ kind: 'gone' as const, searchId })),
        ...(present.workers === known.workers ? [] : [{ kind: 'workers' as const }]),
      ];
      known = present;
      if (changes.length > 0) yield changes;
    }
  };
}

/** Questions of which those of one name, asked within a short time, are one. */
function shared(): <Answer>(name: string, ask: () => Promise<Answer>) => Promise<Answer> {
  const asked = new Map<string, { readonly answer: Promise<unknown>; readonly at: number }>();
  return <Answer>(name: string, ask: () => Promise<Answer>) => {
    const now = performance.now();
    for (const [key, { at }] of asked) if (at < now - SHARED_MS) asked.delete(key);
    const known = asked.get(name);
    if (known !== undefined) return known.answer as Promise<Answer>;
    const answer = ask();
    asked.set(name, { answer, at: now });
    answer.catch(() => asked.delete(name));
    return answer;
  };
}
