import type { DatasetView, TrainerView } from '@caviar/contracts';
import { MAX_CONSTRAINTS, MAX_OBJECTIVES } from '@caviar/spec';
import { CloseIcon, PlusIcon } from '../../ui/icons.js';
import { Card } from '../../ui/parts.js';
import { at, type Draft, errorAt, withValue } from './draft.js';
import { type ObjectiveDraft, objectiveFor, objectivesIn, usualObjective, withObjectives } from './draft-objectives.js';
import { ChoiceField, Field, NumberField } from './fields.js';
import type { FormProps } from './form-props.js';

/** What is optimised, and the bounds that outcomes must keep. */
export function ObjectivesEditor(
  props: FormProps & { readonly trainer: TrainerView | undefined; readonly dataset: DatasetView | undefined },
) {
  return (
    <Card title="What to optimise" hint="several objectives are traded off against each other">
      <Objectives {...props} />
      <Constraints {...props} />
    </Card>
  );
}

type EditorProps = Parameters<typeof ObjectivesEditor>[0];

function Objectives({ draft, errors, trainer, dataset, onChange }: EditorProps) {
  const named = objectivesIn(draft);
  const usual = usualObjective(trainer, dataset) ?? { metric: '', direction: 'minimize' };
  const shown = named.length > 0 ? named : [{ one: usual, pointer: '/objective' }];
  const write = (objectives: readonly ObjectiveDraft[]) => onChange(withObjectives(draft, objectives));
  const all = shown.map(({ one }) => one);
  const change = (index: number, next: ObjectiveDraft) => write(all.with(index, next));
  const free = trainer?.metrics.find(({ name }) => all.every(({ metric }) => metric !== name));
  return (
    <>
      {shown.map(({ one, pointer }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an objective has no name but its place
        <fieldset key={i} className="bound-row" aria-label={`Objective ${i + 1}`}>
          <MetricField
            label={shown.length > 1 ? `Objective ${i + 1}` : 'Objective'}
            trainer={trainer}
            value={one.metric}
            error={errorAt(errors, `${pointer}/metric`) ?? errors.find((error) => error.pointer === pointer)?.message}
            onChange={(metric) =>
              change(i, trainer?.isOpen === true ? { ...one, metric } : objectiveFor(trainer, metric))
            }
          />
          <ChoiceField
            label="Direction"
            value={String(one.direction ?? 'minimize')}
            choices={['minimize', 'maximize']}
            error={errorAt(errors, `${pointer}/direction`)}
            onChange={(direction) => change(i, { ...one, direction })}
          />
          {shown.length > 1 && (
            <TakeAway label={`Take objective ${i + 1} away`} onClick={() => write(all.toSpliced(i, 1))} />
          )}
        </fieldset>
      ))}
      {shown.length < MAX_OBJECTIVES && (trainer?.isOpen === true || free !== undefined) && (
        <button
          type="button"
          className="button tiny"
          onClick={() => write([...all, objectiveFor(trainer, free?.name ?? '')])}
        >
          <PlusIcon /> Add objective
        </button>
      )}
    </>
  );
}

function Constraints({ draft, errors, trainer, onChange }: EditorProps) {
  const given = at(draft, 'constraints');
  const constraints = (Array.isArray(given) ? given : []) as readonly Draft[];
  const write = (next: readonly Draft[]) =>
    onChange(withValue(draft, ['constraints'], next.length > 0 ? next : undefined));
  return (
    <>
      <h3 style={{ margin: '18px 0 8px' }}>Constraints</h3>
      {constraints.map((one, i) => {
        const pointer = `/constraints/${i}`;
        const set = (key: string) => (value: unknown) => write(constraints.with(i, withValue(one, [key], value)));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a constraint has no name but its place
          <fieldset key={i} className="bound-row" aria-label={`Constraint ${i + 1}`}>
            <MetricField
              label={`Metric ${i + 1}`}
              trainer={trainer}
              value={at(one, 'metric')}
              error={errorAt(errors, `${pointer}/metric`) ?? errors.find((error) => error.pointer === pointer)?.message}
              onChange={set('metric')}
            />
            <NumberField
              label="At least"
              value={at(one, 'min')}
              placeholder="none"
              error={errorAt(errors, `${pointer}/min`)}
              onChange={set('min')}
            />
            <NumberField
              label="At most"
              value={at(one, 'max')}
              placeholder="none"
              error={errorAt(errors, `${pointer}/max`)}
              onChange={set('max')}
            />
            <TakeAway label={`Take constraint ${i + 1} away`} onClick={() => write(constraints.toSpliced(i, 1))} />
          </fieldset>
        );
      })}
      {constraints.length < MAX_CONSTRAINTS && (
        <button
          type="button"
          className="button tiny"
          onClick={() => write([...constraints, { metric: trainer?.metrics[0]?.name ?? '' }])}
        >
          <PlusIcon /> Add constraint
        </button>
      )}
    </>
  );
}

/** One of what the trainer reports; of code of one's own, any name. */
function MetricField({
  label,
  trainer,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly trainer: TrainerView | undefined;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly onChange: (metric: string) => void;
}) {
  const shown = typeof value === 'string' ? value : '';
  if (trainer?.isOpen !== true) {
    const choices = trainer?.metrics.map(({ name }) => name) ?? [];
    return <ChoiceField label={label} value={shown} choices={choices} error={error} onChange={onChange} />;
  }
  return (
    <Field label={label} error={error}>
      <input
        className="input"
        value={shown}
        aria-invalid={error !== undefined}
        onChange={({ target }) => onChange(target.value)}
      />
    </Field>
  );
}

function TakeAway({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" className="button quiet tiny take-away" aria-label={label} onClick={onClick}>
      <CloseIcon />
    </button>
  );
}
