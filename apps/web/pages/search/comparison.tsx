import type { TrialView } from '@caviar/contracts';
import { Link } from '../../app/router.js';
import { decidingMetrics } from '../../data/objectives.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatMetric, formatParam } from '../../format/number.js';
import { formatDuration } from '../../format/time.js';
import { CloseIcon } from '../../ui/icons.js';
import { Card, StatusPill, TrialLink } from '../../ui/parts.js';
import { Scroll } from '../../ui/scroll.js';
import { Whole } from '../../ui/states.js';
import type { TabProps } from './tab-props.js';

/** Pinned trials side by side; where they differ is told by weight. */
export function Comparison({
  search,
  numbers,
  tick,
  onUnpin,
}: TabProps & { readonly numbers: readonly number[]; readonly onUnpin: (number: number) => void }) {
  const { id, spec } = search;
  const { metric } = spec.objective;
  const filter = { number: { in: [...numbers] } };
  const loaded = useLoad(
    `compare ${id} ${numbers.join()}`,
    (signal) => api().trialTable(id, { filter, limit: 200, signal }),
    { tick },
  );
  return (
    <Card
      title="Compared"
      hint={`${numbers.length} pinned`}
      actions={<Link href={`/searches/${id}/curves?trials=${numbers.join(',')}`}>Their learning curves</Link>}
    >
      <Whole loaded={loaded} height={200}>
        {({ items }) => {
          const trials = numbers.flatMap((number) => items.find((trial) => trial.number === number) ?? []);
          const rows: readonly (readonly [string, (trial: TrialView) => string])[] = [
            ...[...new Set([...decidingMetrics(spec), 'train.error'])].map(
              (name) =>
                [
                  name,
                  ({ value, metrics }: TrialView) => formatMetric(name, name === metric ? value : metrics[name]),
                ] as const,
            ),
            ['steps', ({ step }) => String(step)],
            ['duration', ({ durationMs }) => formatDuration(durationMs)],
            ...Object.keys(spec.space).map(
              (name) => [name, ({ params }: TrialView) => formatParam(params[name])] as const,
            ),
          ];
          return (
            <Scroll label="Compared trials">
              <table>
                <thead>
                  <tr>
                    <th>
                      <span className="hidden-text">What</span>
                    </th>
                    {trials.map(({ id: trialId, number, status }) => (
                      <th key={trialId} className="number">
                        <TrialLink id={trialId} number={number} /> <StatusPill status={status} />{' '}
                        <button type="button" aria-label={`Unpin trial ${number}`} onClick={() => onUnpin(number)}>
                          <span className="unpin">
                            <CloseIcon />
                          </span>
                        </button>
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows
                    .filter(([, cell]) => trials.some((trial) => cell(trial) !== '–'))
                    .map(([name, cell]) => {
                      const isSame = new Set(trials.map(cell)).size < 2;
                      return (
                        <tr key={name}>
                          <td className="muted">{name}</td>
                          {trials.map((trial) => (
                            <td key={trial.id} className={`number ${isSame ? 'muted' : ''}`}>
                              {isSame ? cell(trial) : <strong>{cell(trial)}</strong>}
                            </td>
                          ))}
                        </tr>
                      );
                    })}
                </tbody>
              </table>
            </Scroll>
          );
        }}
      </Whole>
    </Card>
  );
}
