import type { SearchDiagnosisView } from '@caviar/contracts';
import { navigate } from '../../app/router.js';
import { keepDraft } from '../../data/draft.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatNumber } from '../../format/number.js';
import { ArrowIcon } from '../../ui/icons.js';
import { Card, TrialLink } from '../../ui/parts.js';
import { Empty, Whole } from '../../ui/states.js';
import type { TabProps } from './tab-props.js';

const TITLES: Readonly<Record<SearchDiagnosisView['verdict'], string>> = {
  'high-bias-and-variance': 'High bias and high variance',
  'high-bias': 'High bias',
  'high-variance': 'High variance',
  'low-bias-and-variance': 'Low bias and low variance',
};

/** The verdict on the best trial (section 1.2), the recipe (1.3), and the search to make next. */
export function Verdict({ search, tick, isShort = false }: TabProps & { readonly isShort?: boolean }) {
  const { id, best } = search;
  const isTold = best !== null && search.spec.trainer.kind === 'mlp';
  const loaded = useLoad(`diagnosis ${id}`, (signal) => api().diagnosis(id, { signal }), {
    tick: search.status === 'running' ? (best?.trialId ?? '') : `${tick}`,
    isOff: !isTold,
  });
  if (!isTold) {
    return (
      <Card title="What to do next">
        <Empty title="No verdict">
          <p>
            {best === null
              ? search.endedAt === null
                ? 'It comes with the first result.'
                : 'No trial came to a result.'
              : 'Bias and variance need errors on train and dev, which the trainer mlp reports.'}
          </p>
        </Empty>
      </Card>
    );
  }
  return (
    <Card title="What to do next" hint={isShort ? undefined : 'sections 1.2 and 1.3 of the notes'}>
      <Whole loaded={loaded} height={260} quiet={['nothing-to-diagnose']} quietTitle="No verdict">
        {(diagnosis) => (
          <>
            <p>
              <strong>{TITLES[diagnosis.verdict]}</strong>
              {best !== null && (
                <span className="muted">
                  {' '}
                  in the best trial, <TrialLink id={best.trialId} number={best.number} />
                </span>
              )}
            </p>
            <Gaps diagnosis={diagnosis} isShare={search.spec.objective.metric !== 'dev.rmse'} />
            <ol className="recipe">
              {diagnosis.recipe.slice(0, isShort ? 2 : undefined).map(({ kind, advice, section }) => (
                <li key={kind}>
                  <span>
                    {advice} {!isShort && <span className="muted small">(section {section})</span>}
                  </span>
                </li>
              ))}
            </ol>
            {!isShort && diagnosis.changes.length > 0 && (
              <>
                <h3 style={{ margin: '16px 0 6px' }}>What the next search changes</h3>
                <ul className="small">
                  {diagnosis.changes.map((change) => (
                    <li key={change}>· {change}</li>
                  ))}
                </ul>
              </>
            )}
            <button
              type="button"
              className="button primary"
              style={{ marginTop: 16 }}
              onClick={() => {
                keepDraft(diagnosis.nextSearch);
                navigate('/searches/new?from=suggestion');
              }}
            >
              Open the suggested next search <ArrowIcon />
            </button>
          </>
        )}
      </Whole>
    </Card>
  );
}

function Gaps({ diagnosis, isShare }: { readonly diagnosis: SearchDiagnosisView; readonly isShare: boolean }) {
  const show = (value: number) => (isShare ? `${(100 * value).toFixed(1)} %` : formatNumber(value, 3));
  const gap = (name: string, { value, low, high }: SearchDiagnosisView['variance']) => (
    <div>
      <span className="small muted">{name}</span>
      <b>{show(value)}</b>
      <span className="small muted">
        {show(low)} to {show(high)}
      </span>
    </div>
  );
  return (
    <div className="verdict">
      {gap('Avoidable bias', diagnosis.avoidableBias)}
      {gap('Variance', diagnosis.variance)}
    </div>
  );
}
