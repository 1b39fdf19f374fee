import type { MeasurementsView, TrialEditsView } from '@caviar/contracts';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useParam } from '../../app/router.js';
import { Chart } from '../../charts/chart.js';
import type { Palette } from '../../charts/palette.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatMetric } from '../../format/number.js';
import { Card, Pairs, Segments } from '../../ui/parts.js';
import { Empty, Whole } from '../../ui/states.js';
import { type CurveLine, type Mark, trialCurveOption } from './trial-curve-option.js';
import type { TrialProps } from './trial-props.js';

type Edits = TrialEditsView['items'];

/** The pictures of one trial: errors and losses, then norms of gradients and activations, a line per layer. */
export function TrialCurves({ trial, tick, edits }: TrialProps & { readonly edits: Edits }) {
  const { id } = trial;
  const [beta, setBeta] = useParam('beta', '0');
  const smoothing = Number(beta) || 0;
  const loaded = useLoad(
    `curve ${id} ${smoothing}`,
    (signal) => api().measurements(id, { maxPoints: 500, signal, ...(smoothing > 0 && { beta: smoothing }) }),
    { tick },
  );
  return (
    <Whole loaded={loaded} height={420}>
      {({ items }) => (
        <Charts
          items={items}
          hasEnded={trial.endedAt !== null}
          edits={edits}
          smoothing={smoothing}
          onSmooth={setBeta}
        />
      )}
    </Whole>
  );
}

interface Group {
  readonly title: string;
  readonly hint: string;
  readonly names: readonly string[];
  readonly isLog: boolean;
}

function Charts({
  items,
  hasEnded,
  edits,
  smoothing,
  onSmooth,
}: {
  readonly items: MeasurementsView['items'];
  readonly hasEnded: boolean;
  readonly edits: Edits;
  readonly smoothing: number;
  readonly onSmooth: (beta: string) => void;
}) {
  const groups = useMemo(() => groupsOf(items), [items]);
  const [scale, setScale] = useParam('y', 'linear');
  if (groups.length === 0) {
    return (
      <Card title="Learning curve">
        {hasEnded ? (
          <Empty title="It reported no measurements" />
        ) : (
          <Empty title="No measurements yet">
            <p>The curve grows here step by step once the trial trains.</p>
          </Empty>
        )}
      </Card>
    );
  }
  const [only, second] = items;
  if (only !== undefined && second === undefined) {
    return (
      <Card title="Metrics" hint={`at step ${only.step}, the only one so far`}>
        <Pairs
          items={Object.entries(only.metrics).map(([name, value]) => [name, formatMetric(name, value)] as const)}
        />
      </Card>
    );
  }
  return (
    <div className="grid">
      {groups.map((group, i) => (
        <div key={group.title} className={i === 0 ? '' : 'half'}>
          <CurveCard
            group={scale === 'log' && i === 0 ? { ...group, isLog: true } : group}
            items={items}
            edits={edits}
            isFirst={i === 0}
            controls={
              i === 0 ? (
                <>
                  <label className="range">
                    β
                    <input
                      type="range"
                      min="0"
                      max="0.99"
                      step="0.01"
                      aria-label="Smoothing, beta"
                      value={smoothing}
                      onChange={({ target }) => onSmooth(target.value)}
                    />
                    <output style={{ minWidth: 28 }}>{smoothing === 0 ? 'off' : smoothing}</output>
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
                </>
              ) : undefined
            }
          />
        </div>
      ))}
    </div>
  );
}

function CurveCard({
  group,
  items,
  edits,
  controls,
  isFirst,
}: {
  readonly group: Group;
  readonly isFirst: boolean;
  readonly items: MeasurementsView['items'];
  readonly edits: Edits;
  readonly controls: ReactNode;
}) {
  const { title, hint, names, isLog } = group;
  const lines: readonly CurveLine[] = useMemo(
    () =>
      names.map((name) => ({
        name,
        points: items.map(({ step, metrics, smoothed }) => [step, (smoothed ?? metrics)[name] ?? null] as const),
      })),
    [names, items],
  );
  const marks = useMemo(() => marksOf(edits), [edits]);
  const option = useCallback(
    (palette: Palette) => trialCurveOption({ palette, lines, marks, isLog }),
    [lines, marks, isLog],
  );
  return (
    <Chart
      title={title}
      hint={hint}
      height={isFirst ? 300 : 210}
      option={option}
      summary={`${names.join(', ')} over ${items.length} steps.`}
      table={() => [
        ['step', ...names],
        ...items.map(({ step, metrics }) => [step, ...names.map((name) => metrics[name] ?? null)]),
      ]}
      actions={controls}
    />
  );
}

/** Where somebody changed something: the step after which it held. */
function marksOf(edits: Edits): readonly Mark[] {
  return edits.flatMap(({ state, step, kind, params }) => {
    if (step === null || (state !== 'applied' && kind !== 'rewind')) return [];
    const what = kind === 'rewind' ? 'rewind' : Object.entries(params).map(([name, value]) => `${name} ${value}`);
    return [{ step, text: typeof what === 'string' ? what : what.join(', ') }];
  });
}

/** Metrics that belong in one picture. What is of layers is named `LAYER.what`: one picture for each `what`. */
function groupsOf(items: MeasurementsView['items']): readonly Group[] {
  const names = [...new Set(items.flatMap(({ metrics }) => Object.keys(metrics)))];
  const rest = (name: string) => name.slice(name.indexOf('.') + 1);
  const isPart = (name: string) => /^(train|dev|test)\./.test(name);
  const groups: Group[] = [];
  for (const what of new Set(names.filter(isPart).map(rest))) {
    // Accuracy is error turned over: it would say the same again.
    if (what === 'accuracy' && names.includes('dev.error')) continue;
    const members = names.filter((name) => isPart(name) && rest(name) === what);
    groups.push({
      title: `Learning curve: ${what}`,
      hint: members.length > 1 ? 'train against dev' : '',
      names: members,
      isLog: false,
    });
  }
  const others = names.filter((name) => !isPart(name));
  const layered = new Map<string, string[]>();
  for (const name of others) {
    const key = name.includes('.') ? rest(name) : name;
    layered.set(key, [...(layered.get(key) ?? []), name]);
  }
  for (const [key, members] of layered) {
    const title = TITLES[key] ?? key;
    groups.push({ title, hint: members.length > 1 ? 'per layer' : '', names: members, isLog: key === 'gradientNorm' });
  }
  return groups.toSorted((a, b) => orderOf(a) - orderOf(b));
}

const TITLES: Readonly<Record<string, string>> = {
  gradientNorm: 'Gradient norms',
  activationMean: 'Mean activations',
  activationVariance: 'Variance of activations',
  deadUnits: 'Dead units',
  sparsity: 'Sparsity of the weights',
  learningRate: 'Learning rate',
};

function orderOf({ title }: Group): number {
  if (title.endsWith('error') || title.endsWith('rmse')) return 0;
  if (title.startsWith('Learning curve')) return 1;
  return title === TITLES['gradientNorm'] ? 2 : 3;
}
