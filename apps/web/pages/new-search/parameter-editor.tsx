import type { SearchPreviewView } from '@caviar/contracts';
import { CloseIcon } from '../../ui/icons.js';
import { at, type Draft, errorAt, withValue } from './draft.js';
import { ChoiceField, ListField, NumberField } from './fields.js';
import type { FormProps } from './form-props.js';
import { Histogram } from './histogram.js';

const KINDS = ['float', 'int', 'categorical'];

/** One parameter of the space: its domain, its condition, and its draws. */
export function ParameterEditor({
  name,
  draft,
  errors,
  space,
  histogram,
  onChange,
}: FormProps & {
  readonly name: string;
  readonly space: Draft;
  readonly histogram: SearchPreviewView['parameters'][number] | undefined;
}) {
  const domain = (space[name] ?? {}) as Draft;
  const pointer = `/space/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const set = (key: string) => (value: unknown) => onChange(withValue(draft, ['space', name, key], value));
  const kind = String(domain['kind'] ?? 'float');
  const error = (key: string) => errorAt(errors, `${pointer}/${key}`);
  const changeKind = (next: string) => {
    const when = domain['when'] === undefined ? {} : { when: domain['when'] };
    const fresh =
      next === 'categorical'
        ? { kind: next, choices: [domain['min'] ?? 'a', domain['max'] ?? 'b'] }
        : { kind: next, min: numeric(domain['min'], 1), max: numeric(domain['max'], 10) };
    onChange(withValue(draft, ['space', name], { ...fresh, ...when }));
  };
  return (
    <div className="parameter">
      <div>
        <div className="row" style={{ marginBottom: 8 }}>
          <h3 className="mono">{name}</h3>
          <button
            type="button"
            className="button quiet tiny"
            aria-label={`Take ${name} out of the space`}
            onClick={() => onChange(withValue(draft, ['space', name], undefined))}
          >
            <CloseIcon />
          </button>
          {errors.some((one) => one.pointer === pointer) && (
            <span className="field-error">{errors.find((one) => one.pointer === pointer)?.message}</span>
          )}
        </div>
        <div className="form-grid">
          <ChoiceField label="Kind" value={kind} choices={KINDS} error={error('kind')} onChange={changeKind} />
          {kind === 'categorical' ? (
            <div style={{ gridColumn: 'span 2' }}>
              <ListField
                label="Choices, separated by commas"
                value={(domain['choices'] ?? []) as readonly unknown[]}
                error={error('choices')}
                onChange={set('choices')}
              />
            </div>
          ) : (
            <>
              <NumberField label="From" value={domain['min']} error={error('min')} onChange={set('min')} />
              <NumberField label="To" value={domain['max']} error={error('max')} onChange={set('max')} />
              <ChoiceField
                label="Scale"
                value={String(domain['scale'] ?? 'linear')}
                choices={kind === 'int' ? ['linear', 'log'] : ['linear', 'log', 'oneMinusLog']}
                error={error('scale')}
                onChange={set('scale')}
              />
              <NumberField
                label="Step"
                value={domain['step']}
                placeholder="none"
                error={error('step')}
                onChange={set('step')}
              />
            </>
          )}
          <Condition name={name} space={space} when={domain['when']} error={error('when')} onChange={set('when')} />
        </div>
      </div>
      {histogram !== undefined && <Histogram parameter={histogram} />}
    </div>
  );
}

function numeric(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** Active only where another parameter has one of some values. */
function Condition({
  name,
  space,
  when,
  error,
  onChange,
}: {
  readonly name: string;
  readonly space: Draft;
  readonly when: unknown;
  readonly error: string | undefined;
  readonly onChange: (when: unknown) => void;
}) {
  const parents = Object.keys(space).filter((one) => one !== name && at(space, one, 'kind') !== 'float');
  const [parent = ''] = Object.keys((when ?? {}) as object);
  if (parents.length === 0 && parent === '') return null;
  const values = (at(when, parent) ?? []) as readonly unknown[];
  const known = (at(space, parent, 'choices') ?? []) as readonly unknown[];
  return (
    <>
      <ChoiceField
        label="Only when"
        value={parent}
        choices={['', ...parents]}
        error={values.length === 0 ? undefined : error}
        onChange={(next) => onChange(next === '' ? undefined : { [next]: at(space, next, 'choices') ?? [] })}
      />
      {parent !== '' && (
        <ListField
          label={known.length > 0 ? `is one of ${known.length}` : 'is one of'}
          value={values}
          error={error}
          onChange={(next) => onChange({ [parent]: next })}
        />
      )}
    </>
  );
}
