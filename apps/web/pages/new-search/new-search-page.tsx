import { fitText } from '@caviar/spec';
import { useEffect, useState } from 'react';
import { Link, navigate, useParam, usePlace } from '../../app/router.js';
import { keptDraft } from '../../data/draft.js';
import { keepSearch } from '../../data/live.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { Segments } from '../../ui/parts.js';
import { messageOf, Skeleton, Whole } from '../../ui/states.js';
import { calledName } from '../dataset-facts.js';
import { JsonEditor } from './json-editor.js';
import { PlanCard } from './plan-card.js';
import { SpecForm } from './spec-form.js';
import { useSpec } from './spec-state.js';
import { startingSpec } from './starting-spec.js';

/** A new search, by form or as JSON: one spec, two ways to write it. */
export function NewSearchPage() {
  const { query } = usePlace();
  const from = query.get('from');
  const dataset = query.get('dataset');
  const source = useLoad(`draft ${from} ${dataset}`, async (signal) => {
    if (from === 'suggestion') return (keptDraft() ?? startingSpec()) as object;
    if (from === null) return dataset === null ? startingSpec() : startingSpec(dataset, await nameOf(dataset, signal));
    const { spec } = await api().getSearch(from, { signal });
    return { ...spec, name: fitText(`${spec.name}, again`, 200) };
  });
  return (
    <>
      <div className="crumbs">
        <Link href="/searches">Searches</Link>
        <span aria-hidden="true">/</span>
        <span>new</span>
      </div>
      <Whole loaded={source} height={420}>
        {(spec) => (
          <Editor key={`${from}`} initial={JSON.stringify(spec, null, 2)} isSuggested={from === 'suggestion'} />
        )}
      </Whole>
    </>
  );
}

/** What people call a data set; the id of their own says nothing to them. */
async function nameOf(dataset: string, signal: AbortSignal): Promise<string> {
  try {
    return calledName(await api().getDataset(dataset, { signal }));
  } catch {
    return dataset; // that it is not there is told beside its field
  }
}

function Editor({ initial, isSuggested }: { readonly initial: string; readonly isSuggested: boolean }) {
  const [mode, setMode] = useParam('as', 'form');
  const state = useSpec(initial);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const trainers = useLoad('trainers', (signal) => api().listTrainers({ limit: 200, signal }));
  const datasets = useLoad('datasets', (signal) => api().listDatasets({ limit: 200, signal }));
  const { spec } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is another try
  useEffect(() => setFailure(null), [state.text]);
  const start = async () => {
    if (spec === null) return;
    setBusy(true);
    try {
      const search = await api().createSearch(spec);
      keepSearch(search);
      navigate(`/searches/${search.id}`);
    } catch (error) {
      setFailure(messageOf(error));
      setBusy(false);
    }
  };
  const isForm = mode === 'form' && state.draft !== null;
  return (
    <>
      <div className="page-head">
        <h1>{isSuggested ? 'Suggested next search' : 'New search'}</h1>
        <Segments
          label="How to write it"
          value={isForm ? 'form' : 'json'}
          choices={[
            ['form', 'Form'],
            ['json', 'JSON'],
          ]}
          onChange={setMode}
        />
      </div>
      <div className="grid">
        <div className="two-thirds">
          {isForm ? (
            trainers.value === undefined || datasets.value === undefined ? (
              <Skeleton height={420} />
            ) : (
              <SpecForm
                draft={state.draft ?? {}}
                errors={state.errors}
                preview={state.preview}
                trainers={trainers.value.items}
                datasets={datasets.value.items}
                onChange={state.setDraft}
              />
            )
          ) : (
            <JsonEditor state={state} />
          )}
        </div>
        <div className="third">
          <div className="beside">
            <PlanCard state={state} isBusy={isBusy} failure={failure} onStart={start} />
          </div>
        </div>
      </div>
    </>
  );
}
