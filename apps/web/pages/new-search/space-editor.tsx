import type { TrainerView } from '@caviar/contracts';
import { useState } from 'react';
import { PlusIcon } from '../../ui/icons.js';
import { Card } from '../../ui/parts.js';
import { at, type Draft, errorAt, withValue } from './draft.js';
import type { FormProps } from './form-props.js';
import { ParameterEditor } from './parameter-editor.js';

type Parameter = TrainerView['parameters'][number];

/** The space: a row per parameter, and beside it what would be drawn. */
export function SpaceEditor(props: FormProps & { readonly trainer: TrainerView | undefined }) {
  const { draft, errors, preview, trainer, onChange } = props;
  const [name, setName] = useState('');
  const space = (at(draft, 'space') ?? {}) as Draft;
  const fixed = (at(draft, 'trainer', 'params') ?? {}) as Draft;
  const free = (trainer?.parameters ?? []).filter((one) => !(one.name in space) && !(one.name in fixed));
  const add = (added: string) => {
    if (added === '' || added in space) return;
    onChange(withValue(draft, ['space', added], domainFor(free.find((one) => one.name === added))));
    setName('');
  };
  const whole = errors.find(({ pointer }) => pointer === '/space')?.message;
  return (
    <Card
      title="Search space"
      hint={preview === null ? undefined : `${preview.draws.toLocaleString('en')} draws of each, as they would come`}
    >
      {Object.keys(space).map((one) => (
        <ParameterEditor
          key={one}
          name={one}
          {...props}
          space={space}
          histogram={preview?.parameters.find((parameter) => parameter.name === one)}
        />
      ))}
      {whole !== undefined && <p className="field-error">{whole}</p>}
      <div className="row" style={{ marginTop: 12 }}>
        {trainer?.isOpen === true ? (
          <>
            <input
              className="input"
              placeholder="name"
              aria-label="Name of the parameter"
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
            <button type="button" className="button" disabled={name === ''} onClick={() => add(name)}>
              <PlusIcon /> Add parameter
            </button>
          </>
        ) : (
          <select className="select" aria-label="Add a parameter" value="" onChange={({ target }) => add(target.value)}>
            <option value="">Add a parameter …</option>
            {free.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}
              </option>
            ))}
          </select>
        )}
        {errorAt(errors, '/space') !== undefined && whole === undefined && (
          <span className="field-error">Some parameters need attention.</span>
        )}
      </div>
    </Card>
  );
}

/** A domain to begin with, from what the trainer says of its parameter. */
function domainFor(parameter: Parameter | undefined): Draft {
  const isOfWords = parameter?.list?.of === 'choice' || parameter?.list?.orOne === false;
  if (parameter?.kind === 'choice' || isOfWords) return { kind: 'categorical', choices: parameter?.choices ?? [] };
  if (parameter?.kind === 'boolean') return { kind: 'categorical', choices: [true, false] };
  const usual = typeof parameter?.default === 'number' ? parameter.default : 1;
  const isInt = parameter?.kind === 'int' || parameter?.list?.of === 'int';
  if (isInt) {
    const base = Math.max(1, Math.round(usual));
    const min = Math.max(parameter?.min ?? 1, Math.max(1, Math.floor(base / 4)));
    return { kind: 'int', min, max: Math.min(parameter?.max ?? base * 4, base * 4), scale: 'log' };
  }
  const name = parameter?.name ?? '';
  if (/^beta/.test(name)) return { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' };
  if (parameter?.max !== undefined && parameter.max <= 1 && usual > 0.1) return { kind: 'float', min: 0.5, max: 1 };
  const centre = usual > 0 ? usual : 0.001;
  return {
    kind: 'float',
    min: Number((centre / 100).toPrecision(2)),
    max: Number((centre * 10).toPrecision(2)),
    scale: 'log',
  };
}
