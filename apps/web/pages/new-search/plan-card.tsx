import type { SearchPreviewView } from '@caviar/contracts';
import type { ReactNode } from 'react';
import { boundsOf, constraintsOf, objectivesOf } from '../../data/objectives.js';
import { formatCount } from '../../format/number.js';
import { PlayIcon } from '../../ui/icons.js';
import { Card, Pairs } from '../../ui/parts.js';
import type { SpecState } from './spec-state.js';

/** What the search would do, what is wrong with it, and the button that starts it. */
export function PlanCard({
  state,
  isBusy,
  failure,
  onStart,
}: {
  readonly state: SpecState;
  readonly isBusy: boolean;
  readonly failure: string | null;
  readonly onStart: () => void;
}) {
  const { errors, preview, spec, isChecking } = state;
  return (
    <Card title="Plan" hint={isChecking ? 'checking …' : undefined}>
      {errors.length > 0 ? (
        <ul className="notice" role="alert">
          {errors.slice(0, 8).map(({ pointer, message }) => (
            <li key={`${pointer} ${message}`}>
              <code>{pointer === '' ? 'the spec' : pointer}</code> {message}
            </li>
          ))}
        </ul>
      ) : (
        preview !== null && <Plan preview={preview} />
      )}
      {failure !== null && (
        <p className="field-error" role="alert" style={{ marginTop: 10 }}>
          {failure}
        </p>
      )}
      <button
        type="button"
        className="button primary"
        style={{ marginTop: 16, width: '100%' }}
        disabled={spec === null || isBusy}
        onClick={onStart}
      >
        <PlayIcon /> Start the search
      </button>
    </Card>
  );
}

function Plan({ preview }: { readonly preview: SearchPreviewView }) {
  const { plan, spec } = preview;
  const { sampler, trials, rounds, rungs, configurations, epochs, epochsPerTrial } = plan;
  const items: (readonly [string, ReactNode])[] = [
    ['Sampler', sampler.kind],
    ...(sampler.reason === null ? [] : ([['Why', sampler.reason]] as const)),
    ['Scheduler', spec.scheduler.kind],
    ['Trials', trials === null ? 'until time or target' : formatCount(trials)],
    ['Configurations', configurations === null ? 'endless' : formatCount(configurations)],
    ...(epochs === null
      ? []
      : ([
          ['Epochs', `${formatCount(epochs)}${epochsPerTrial === null ? '' : `, ${epochsPerTrial} a trial`}`],
        ] as const)),
    ['At once', spec.parallelism],
    [
      spec.objectives === undefined ? 'Objective' : 'Objectives',
      objectivesOf(spec)
        .map(({ metric, direction }) => `${direction} ${metric}`)
        .join(', '),
    ],
    ...(constraintsOf(spec).length === 0
      ? []
      : ([
          [
            'Constraints',
            constraintsOf(spec)
              .map((one) => `${one.metric} ${boundsOf(one)}`)
              .join(', '),
          ],
        ] as const)),
  ];
  return (
    <>
      <Pairs items={items} />
      {rounds.length > 0 && (
        <>
          <h3 style={{ margin: '14px 0 4px' }}>Rounds</h3>
          <ul className="small muted">
            {rounds.map(({ index, firstNumber, endNumber }) => (
              <li key={index}>
                {index + 1}: trials {firstNumber} to {endNumber - 1}
              </li>
            ))}
          </ul>
        </>
      )}
      {rungs.length > 0 && (
        <>
          <h3 style={{ margin: '14px 0 4px' }}>Rungs</h3>
          <ul className="small muted">
            {rungs.map(({ step, trials: count }) => (
              <li key={step}>
                to step {step}: {formatCount(count)} trials
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
