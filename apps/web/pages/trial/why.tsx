import { Fragment } from 'react';
import { Link } from '../../app/router.js';
import { formatNumber } from '../../format/number.js';
import { Card, Pairs } from '../../ui/parts.js';
import type { TrialProps } from './trial-props.js';

/** Why it was proposed, what that rests on, and why it ended. */
export function Why({ trial, search }: TrialProps) {
  const { proposal, basis, reason, round, status, workerId, provenance } = trial;
  return (
    <Card title="Why">
      <Pairs
        items={[
          ['Proposed', proposal],
          ...(basis === null
            ? []
            : ([
                ['By', basis.sampler],
                ...(basis.score === undefined ? [] : ([[basis.score.name, formatNumber(basis.score.value)]] as const)),
                ...(basis.trials.length === 0
                  ? []
                  : ([
                      [
                        'Leaned on',
                        <Fragment key="trials">
                          <Link href={`/searches/${search.id}/trials?pins=${basis.trials.join(',')}`}>
                            {basis.trials.map((number) => `#${number}`).join(', ')}
                          </Link>
                        </Fragment>,
                      ],
                    ] as const)),
              ] as const)),
          ...(round === null ? [] : ([['Round', `${round + 1} of ${search.round?.of ?? '–'}`]] as const)),
          [status === 'paused' ? 'Waits because' : 'Ended because', reason ?? '–'],
          ['Worker', <code key="worker">{workerId ?? '–'}</code>],
          ...(provenance === null
            ? []
            : ([
                [
                  'Ran on',
                  Object.entries(provenance)
                    .map(([name, value]) => `${name} ${value}`)
                    .join(', '),
                ],
              ] as const)),
        ]}
      />
    </Card>
  );
}
