import type { SearchView, TrialCurvesView } from '@caviar/contracts';
import { useCallback, useMemo } from 'react';
import { navigate, useParam } from '../../app/router.js';
import { Chart } from '../../charts/chart.js';
import type { Palette } from '../../charts/palette.js';
import { bestNumbers } from '../../data/best-numbers.js';
import { useObjective, useSeenSearch } from '../../data/objectives.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatMetric } from '../../format/number.js';
import { ObjectiveChoice } from '../../ui/objective-choice.js';
import { Card, Segments, Select, TrialLink } from '../../ui/parts.js';
import { Scroll } from '../../ui/scroll.js';
import { Whole } from '../../ui/states.js';
import { curvesOption, type Pair, pairsOf } from './charts/curves-option.js';
import { NoResults } from './no-results.js';
import type { TabProps } from './tab-props.js';

const COUNTS = ['5', '10', '20', '50'];

/** Learning curves of many trials, train against dev, smoothed without bias as section 2.2 has it. */
export function CurvesTab({ search, tick }: TabProps) {
  const { id } = search;
  const [count, setCount] = useParam('best', '10');
  const [numbers, setNumbers] = useParam('trials');
  const [beta, setBeta] = useParam('beta', '0');
  const [chosen, setChosen] = useParam('metric');
  const [scale, setScale] = useParam('y', 'linear');
  const smoothing = Number(beta) || 0;
  const [objective] = useObjective(search);
  const seen = useSeenSearch(search, objective);
  const isFirst = objective.metric === search.spec.objective.metric;
  const loaded = useLoad(
    `curves ${id} ${count} ${numbers} ${smoothing} ${objective.metric}`,
    async (signal): Promise<TrialCurvesView> => {
      const options = { ...(smoothing > 0 && { beta: smoothing }), maxPoints: 300, signal };
      if (numbers === '' && isFirst) return api().trialCurves(id, { best: Number(count), ...options });
      const chosenNumbers =
        numbers === ''
          ? await bestNumbers(search, objective, { count: Number(count), signal })
          : numbers.split(',').map(Number).slice(0, 50);
      if (chosenNumbers.length === 0) return { version: 0, items: [] };
      return api().trialCurves(id, { numbers: chosenNumbers, ...options });
    },
    { tick },
  );
  return (
    <div className="stack">
      <ObjectiveChoice search={search} onChoose={() => setChosen('')} />
      <div className="toolbar" style={{ margin: 0 }}>
        {numbers === '' ? (
          <span className="row">
            <span className="label">Best trials</span>
            <Select label="How many of the best trials" value={count} choices={COUNTS} onChange={setCount} />
          </span>
        ) : (
          <span className="row">
            <span className="label">Chosen trials</span>
            <button type="button" className="button tiny" onClick={() => setNumbers('')}>
              Show the best instead
            </button>
          </span>
        )}
        <label className="range">
          Smoothing β
          <input
            type="range"
            min="0"
            max="0.99"
            step="0.01"
            value={smoothing}
            onChange={({ target }) => setBeta(target.value)}
          />
          <output style={{ minWidth: 130 }}>
            {smoothing === 0 ? 'off' : `${smoothing} · about ${Math.round(1 / (1 - smoothing))} steps`}
          </output>
        </label>
        <Segments
          label="Scale"
          value={scale === 'log' ? 'log' : 'linear'}
          choices={[
            ['linear', 'Linear'],
            ['log', 'Log'],
          ]}
          onChange={setScale}
        />
      </div>
      <Whole loaded={loaded} height={460}>
        {(curves) => (
          <Shown
            search={seen}
            curves={curves}
            metric={chosen}
            onMetric={setChosen}
            isLog={scale === 'log'}
            isSmooth={smoothing > 0}
          />
        )}
      </Whole>
    </div>
  );
}

function Shown({
  search,
  curves,
  metric,
  onMetric,
  isLog,
  isSmooth,
}: {
  readonly search: SearchView;
  readonly curves: TrialCurvesView;
  readonly metric: string;
  readonly onMetric: (metric: string) => void;
  readonly isLog: boolean;
  readonly isSmooth: boolean;
}) {
  const pairs = useMemo(() => pairsOf(curves), [curves]);
  const objective = search.spec.objective.metric;
  const pair =
    pairs.find(({ name }) => name === metric) ??
    pairs.find(({ dev }) => dev === objective) ??
    pairs.find(({ name }) => name === objective) ??
    pairs[0];
  const option = useCallback(
    (palette: Palette) => (pair === undefined ? {} : curvesOption({ palette, curves, pair, isLog })),
    [curves, pair, isLog],
  );
  const drawn = curves.items.filter(({ steps }) => steps.length > 0);
  if (pair === undefined || drawn.length === 0) {
    return (
      <Card title="Learning curves">
        <NoResults search={search} what="measurements">
          Curves grow here step by step while trials train.
        </NoResults>
      </Card>
    );
  }
  const [best] = drawn;
  return (
    <div className="grid">
      <div className="two-thirds">
        <Chart
          title="Learning curves"
          hint={pair.train === null ? undefined : 'dev solid, train dashed'}
          height={440}
          option={option}
          summary={`${drawn.length} curves of ${pair.name}${isSmooth ? ', smoothed' : ''}; that of trial ${best?.number} ends at ${formatMetric(pair.dev, best?.metrics[pair.dev]?.at(-1) ?? null)}.`}
          table={() => tableOf(curves, pair)}
          onTrial={(id) => navigate(`/trials/${id}`)}
          actions={
            <Select label="Metric" value={pair.name} choices={pairs.map(({ name }) => name)} onChange={onMetric} />
          }
        />
      </div>
      <div className="third">
        <Card title="Trials drawn" hint={`${drawn.length}`}>
          <Drawn curves={drawn} pair={pair} />
        </Card>
      </div>
    </div>
  );
}

function Drawn({ curves, pair }: { readonly curves: TrialCurvesView['items']; readonly pair: Pair }) {
  return (
    <Scroll label="Trials drawn" style={{ maxHeight: 430, overflowY: 'auto' }}>
      <table>
        <thead>
          <tr>
            <th>Trial</th>
            <th className="number">steps</th>
            {pair.train !== null && <th className="number">train</th>}
            <th className="number">{pair.train === null ? pair.name : 'dev'}</th>
          </tr>
        </thead>
        <tbody>
          {curves.map(({ trialId, number, steps, metrics }, i) => (
            <tr key={trialId}>
              <td>
                <span className={`swatch series-${i % 10}`} aria-hidden="true" />{' '}
                <TrialLink id={trialId} number={number} />
              </td>
              <td className="number">{steps.at(-1)}</td>
              {pair.train !== null && (
                <td className="number">{formatMetric(pair.train, metrics[pair.train]?.at(-1) ?? null)}</td>
              )}
              <td className="number">{formatMetric(pair.dev, metrics[pair.dev]?.at(-1) ?? null)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function tableOf({ items }: TrialCurvesView, { dev, train }: Pair) {
  const names = train === null ? [dev] : [dev, train];
  return [
    ['number', 'step', ...names],
    ...items.flatMap(({ number, steps, metrics }) =>
      steps.map((step, i) => [number, step, ...names.map((name) => metrics[name]?.[i] ?? null)]),
    ),
  ];
}
