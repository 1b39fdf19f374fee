import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { useCallback, useMemo } from 'react';
import { navigate } from '../../app/router.js';
import { Chart } from '../../charts/chart.js';
import type { Palette } from '../../charts/palette.js';
import { usePoints } from '../../data/charts.js';
import { Card } from '../../ui/parts.js';
import { Empty, Whole } from '../../ui/states.js';
import { biasVarianceOption, type Gap, gapsOf } from './charts/bias-variance-option.js';
import type { TabProps } from './tab-props.js';
import { Verdict } from './verdict.js';

/** Each trial by avoidable bias and variance, the four columns of the notes' table as quadrants; the verdict and what follows. */
export function DiagnosisTab({ search, tick }: TabProps) {
  const points = usePoints({ search, tick });
  return (
    <div className="grid">
      <div className="two-thirds">
        <Whole loaded={points} height={460}>
          {(columns) => <BiasVarianceMap search={search} points={columns} />}
        </Whole>
      </div>
      <div className="third">
        <Verdict search={search} tick={tick} />
      </div>
    </div>
  );
}

function BiasVarianceMap({ search, points }: { readonly search: SearchView; readonly points: TrialPointsView }) {
  const gaps = useMemo(() => gapsOf(points), [points]);
  const isShare = points.metrics['dev.error'] !== undefined && gaps.every(({ isShare }) => isShare);
  const best = search.best?.trialId;
  const option = useCallback(
    (palette: Palette) => biasVarianceOption({ palette, gaps, best, isShare }),
    [gaps, best, isShare],
  );
  if (gaps.length === 0) {
    return (
      <Card title="Bias and variance">
        <Empty title="No trial tells its errors on train and dev">
          <p>The map needs train.error and dev.error (or their rmse), which the trainer mlp reports.</p>
        </Empty>
      </Card>
    );
  }
  return (
    <Chart
      title="Bias and variance"
      hint={`Bayes error taken as 0; ${isShare ? 'a gap above 2 % is high' : 'the axes are cut where nine in ten trials lie'}`}
      height={460}
      option={option}
      summary={summaryOf(gaps)}
      table={() => [
        ['number', 'trainError', 'devError', 'avoidableBias', 'variance'],
        ...gaps.map(({ number, bias, variance }) => [number, bias, bias + variance, bias, variance]),
      ]}
      onTrial={(id) => navigate(`/trials/${id}`)}
    />
  );
}

function summaryOf(gaps: readonly Gap[]): string {
  const share = (isIt: (gap: Gap) => boolean) => `${gaps.filter(isIt).length} of ${gaps.length}`;
  return `${share(({ isBiased }) => isBiased)} trials have high bias, ${share(({ isVariant }) => isVariant)} high variance.`;
}
