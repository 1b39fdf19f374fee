import { Card } from '../../ui/parts.js';
import { at, errorAt, withValue } from './draft.js';
import { ChoiceField, NumberField } from './fields.js';
import type { FormProps } from './form-props.js';

type Option = readonly [key: string, label: string, usual: string, choices?: readonly string[]];

/** Options of each sampler and scheduler with their defaults, as the spec has them. */
const SAMPLERS: Readonly<Record<string, readonly Option[]>> = {
  auto: [],
  random: [],
  sobol: [],
  grid: [['levels', 'Levels', '5']],
  'coarse-to-fine': [
    ['rounds', 'Rounds', '3'],
    ['shrink', 'Shrink', '0.4'],
    ['top', 'Best share', '0.2'],
    ['base', 'Base', 'random', ['random', 'sobol', 'tpe', 'gp', 'cma-es']],
  ],
  tpe: [
    ['startup', 'Startup trials', '10'],
    ['candidates', 'Candidates', '24'],
  ],
  gp: [['startup', 'Startup trials', '10']],
  'cma-es': [['populationSize', 'Population', 'by the space']],
  nsga2: [['population', 'Population', '24']],
};

const RUNGS: readonly Option[] = [
  ['minResource', 'First rung', '1'],
  ['maxResource', 'Steps of a whole trial', 'the trainer’s'],
  ['eta', 'One in … goes on', '3'],
];

const SCHEDULERS: Readonly<Record<string, readonly Option[]>> = {
  fifo: [],
  median: [
    ['startup', 'Startup trials', '5'],
    ['warmup', 'First comparison', '1'],
    ['interval', 'Interval', 'a tenth'],
  ],
  'successive-halving': RUNGS,
  hyperband: RUNGS,
  asha: RUNGS,
  pbt: [
    ['population', 'Population', '20'],
    ['interval', 'Interval', 'a tenth'],
    ['quantile', 'Replaced share', '0.25'],
    ['resample', 'Drawn anew', '0.25'],
  ],
};

/** What proposes trials, and what stops them early. */
export function Strategy(props: FormProps) {
  return (
    <Card title="How to search">
      <Part {...props} part="sampler" label="Sampler" kinds={SAMPLERS} usual="auto" />
      <div style={{ height: 12 }} />
      <Part {...props} part="scheduler" label="Scheduler" kinds={SCHEDULERS} usual="fifo" />
    </Card>
  );
}

function Part({
  draft,
  errors,
  onChange,
  part,
  label,
  kinds,
  usual,
}: FormProps & {
  readonly part: 'sampler' | 'scheduler';
  readonly label: string;
  readonly kinds: Readonly<Record<string, readonly Option[]>>;
  readonly usual: string;
}) {
  const kind = String(at(draft, part, 'kind') ?? usual);
  const set = (key: string) => (value: unknown) => onChange(withValue(draft, [part, key], value));
  return (
    <div className="form-grid">
      <ChoiceField
        label={label}
        value={kind}
        choices={Object.keys(kinds)}
        error={errors.find(({ pointer }) => pointer === `/${part}`)?.message ?? errorAt(errors, `/${part}/kind`)}
        onChange={(next) => onChange(withValue(draft, [part], { kind: next }))}
      />
      {(kinds[kind] ?? []).map(([key, title, standard, choices]) =>
        choices === undefined ? (
          <NumberField
            key={key}
            label={title}
            value={at(draft, part, key)}
            placeholder={standard}
            error={errorAt(errors, `/${part}/${key}`)}
            onChange={set(key)}
          />
        ) : (
          <ChoiceField
            key={key}
            label={title}
            value={String(at(draft, part, key) ?? standard)}
            choices={choices}
            error={errorAt(errors, `/${part}/${key}`)}
            onChange={set(key)}
          />
        ),
      )}
    </div>
  );
}
