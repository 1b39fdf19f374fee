import type { SearchView, TrialView } from '@caviar/contracts';
import type { ReactNode } from 'react';
import { brokenBy, decidingMetrics } from '../../data/objectives.js';
import { formatMetric, formatParam } from '../../format/number.js';
import { formatDuration } from '../../format/time.js';
import { Bound, StatusPill, TrialLink } from '../../ui/parts.js';

export interface Column {
  /** As the service sorts by it; names without a dot are fields of the trial. */
  readonly key: string;
  readonly title: string;
  readonly width: number;
  readonly isSortable: boolean;
  readonly isNumber: boolean;
  readonly isShown: boolean;
  cell(trial: TableRow): ReactNode;
}

/** A trial of the table; with several objectives with the front that it belongs to. */
export interface TableRow extends TrialView {
  readonly front?: number | null | undefined;
}

/** What a leaderboard of a search can show: the trial, its value, its parameters, and whatever it measured last. */
export function columnsOf(spec: SearchView['spec'], metrics: readonly string[]): readonly Column[] {
  const { metric } = spec.objective;
  const [, ...deciding] = decidingMetrics(spec);
  const wide = (name: string) => Math.max(104, 30 + 7.4 * name.length);
  const field = (key: string, title: string, width: number, more: Partial<Column> & Pick<Column, 'cell'>): Column => ({
    key,
    title,
    width,
    isSortable: true,
    isNumber: true,
    isShown: true,
    ...more,
  });
  return [
    field('number', 'trial', 76, { isNumber: false, cell: ({ id, number }) => <TrialLink id={id} number={number} /> }),
    field('status', 'status', 112, {
      isNumber: false,
      isSortable: false,
      cell: ({ status }) => <StatusPill status={status} />,
    }),
    ...(spec.objectives === undefined ? [] : [field('front', 'front', 66, { cell: ({ front }) => front ?? '–' })]),
    field('value', metric, wide(metric), {
      cell: (trial) => (
        <Bound isBroken={brokenBy(spec, (name) => trial.metrics[name]).includes(metric)}>
          <strong>{formatMetric(metric, trial.value)}</strong>
        </Bound>
      ),
    }),
    ...deciding.map((name) =>
      field(`metrics.${name}`, name, wide(name), {
        cell: (trial) => (
          <Bound isBroken={brokenBy(spec, (one) => trial.metrics[one]).includes(name)}>
            <strong>{formatMetric(name, trial.metrics[name])}</strong>
          </Bound>
        ),
      }),
    ),
    ...Object.keys(spec.space).map((name) =>
      field(`params.${name}`, name, wide(name), {
        cell: ({ params }) => formatParam(params[name]),
      }),
    ),
    field('step', 'step', 70, { cell: ({ step }) => step }),
    field('durationMs', 'duration', 96, { cell: ({ durationMs }) => formatDuration(durationMs) }),
    ...metrics
      .filter((name) => name !== metric && !deciding.includes(name))
      .map((name) =>
        field(`metrics.${name}`, name, wide(name), {
          isShown: name === 'train.error',
          cell: (trial) => formatMetric(name, trial.metrics[name]),
        }),
      ),
    field('round', 'round', 70, {
      isSortable: false,
      isShown: false,
      cell: ({ round }) => (round === null ? '–' : round + 1),
    }),
    field('attempts', 'attempts', 86, { isSortable: false, isShown: false, cell: ({ attempts }) => attempts }),
    field('reason', 'reason', 280, {
      isNumber: false,
      isSortable: false,
      isShown: false,
      cell: ({ reason }) => reason ?? '–',
    }),
  ];
}
