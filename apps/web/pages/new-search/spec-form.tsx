import { Card } from '../../ui/parts.js';
import { calledName } from '../dataset-facts.js';
import { at, errorAt, withValue } from './draft.js';
import { keepReported } from './draft-objectives.js';
import { ChoiceField, Field, NumberField } from './fields.js';
import { FixedParams } from './fixed-params.js';
import type { FormProps } from './form-props.js';
import { ObjectivesEditor } from './objectives-editor.js';
import { SpaceEditor } from './space-editor.js';
import { Strategy } from './strategy.js';

/** The spec as a form: what to train, the space, and how to go about it. */
export function SpecForm(props: FormProps) {
  const { draft, errors, trainers, datasets, onChange } = props;
  const set = (path: readonly string[]) => (value: unknown) => onChange(withValue(draft, path, value));
  const kind = String(at(draft, 'trainer', 'kind') ?? 'mlp');
  const trainer = trainers.find((one) => one.kind === kind);
  const chooseTrainer = (next: string) => {
    const found = trainers.find((one) => one.kind === next);
    const needsDataset = found?.needsDataset === true;
    const kept = keepReported(draft, found);
    const named = needsDataset ? { dataset: at(draft, 'trainer', 'dataset') ?? datasets[0]?.id } : {};
    onChange({ ...kept, trainer: { kind: next, ...named, params: {} } });
  };
  const dataset = datasets.find(({ id }) => id === at(draft, 'trainer', 'dataset'));
  return (
    <div className="stack">
      <Card title="What to train">
        <div className="form-grid">
          <Field label="Name" error={errorAt(errors, '/name')}>
            <input
              className="input"
              value={String(at(draft, 'name') ?? '')}
              aria-invalid={errorAt(errors, '/name') !== undefined}
              onChange={({ target }) => set(['name'])(target.value === '' ? undefined : target.value)}
            />
          </Field>
          <ChoiceField
            label="Trainer"
            value={kind}
            choices={trainers.map((one) => one.kind)}
            error={errorAt(errors, '/trainer/kind')}
            onChange={chooseTrainer}
          />
          {trainer?.needsDataset === true && (
            <ChoiceField
              label="Data set"
              value={String(at(draft, 'trainer', 'dataset') ?? '')}
              choices={datasets.map(({ id }) => id)}
              names={new Map(datasets.map((one) => [one.id, calledName(one)]))}
              error={errorAt(errors, '/trainer/dataset')}
              onChange={set(['trainer', 'dataset'])}
            />
          )}
          {kind === 'command' && (
            <Field label="Program" error={errorAt(errors, '/trainer/program')}>
              <input
                className="input"
                value={String(at(draft, 'trainer', 'program') ?? '')}
                onChange={({ target }) => set(['trainer', 'program'])(target.value)}
              />
            </Field>
          )}
        </div>
        <FixedParams {...props} trainer={trainer} />
      </Card>
      <ObjectivesEditor {...props} trainer={trainer} dataset={dataset} />
      <SpaceEditor {...props} trainer={trainer} />
      <Strategy {...props} />
      <Card title="When to stop">
        <div className="form-grid">
          <NumberField
            label="Trials at most"
            value={at(draft, 'stop', 'maxTrials')}
            error={
              errorAt(errors, '/stop/maxTrials') ??
              (errors.some((one) => one.pointer === '/stop') ? errorAt(errors, '/stop') : undefined)
            }
            onChange={set(['stop', 'maxTrials'])}
          />
          <NumberField
            label="Milliseconds at most"
            value={at(draft, 'stop', 'maxDurationMs')}
            error={errorAt(errors, '/stop/maxDurationMs')}
            onChange={set(['stop', 'maxDurationMs'])}
          />
          <NumberField
            label="Target value"
            value={at(draft, 'stop', 'targetValue')}
            error={errorAt(errors, '/stop/targetValue')}
            onChange={set(['stop', 'targetValue'])}
          />
          <NumberField
            label="At once (parallelism)"
            value={at(draft, 'parallelism')}
            placeholder="8"
            error={errorAt(errors, '/parallelism')}
            onChange={set(['parallelism'])}
          />
          <NumberField
            label="Seed"
            value={at(draft, 'seed')}
            placeholder="drawn"
            error={errorAt(errors, '/seed')}
            onChange={set(['seed'])}
          />
          <ChoiceField
            label="Reproducibility"
            value={String(at(draft, 'reproducibility') ?? 'strict')}
            choices={['strict', 'throughput']}
            error={errorAt(errors, '/reproducibility')}
            onChange={set(['reproducibility'])}
          />
        </div>
      </Card>
    </div>
  );
}
