import type { TrainerView } from '@caviar/contracts';
import { formatParam } from '../../format/number.js';
import { CloseIcon } from '../../ui/icons.js';
import { at, errorAt, withValue } from './draft.js';
import { ListField } from './fields.js';
import type { FormProps } from './form-props.js';

/** Parameters of the trainer that are not searched. */
export function FixedParams({
  draft,
  errors,
  trainer,
  onChange,
}: FormProps & { readonly trainer: TrainerView | undefined }) {
  const params = (at(draft, 'trainer', 'params') ?? {}) as Readonly<Record<string, unknown>>;
  const space = (at(draft, 'space') ?? {}) as Readonly<Record<string, unknown>>;
  const free = (trainer?.parameters ?? []).filter(({ name }) => !(name in params) && !(name in space));
  const set = (name: string, value: unknown) => onChange(withValue(draft, ['trainer', 'params', name], value));
  return (
    <>
      <h3 style={{ margin: '18px 0 8px' }}>Fixed parameters</h3>
      <div className="form-grid">
        {Object.entries(params).map(([name, value]) => (
          <div key={name} className="row" style={{ flexWrap: 'nowrap', alignItems: 'flex-end' }}>
            <ListField
              label={name}
              value={[value]}
              error={errorAt(errors, `/trainer/params/${name}`)}
              onChange={(values) => set(name, values[0] ?? '')}
            />
            <button
              type="button"
              className="button quiet tiny"
              style={{ height: 32 }}
              aria-label={`Take ${name} away`}
              onClick={() => set(name, undefined)}
            >
              <CloseIcon />
            </button>
          </div>
        ))}
        {free.length > 0 && (
          <label className="field">
            <span>Add one</span>
            <select
              className="select"
              value=""
              onChange={({ target }) => {
                const found = free.find(({ name }) => name === target.value);
                if (found !== undefined) set(found.name, found.default);
              }}
            >
              <option value="">…</option>
              {free.map(({ name, default: usual }) => (
                <option key={name} value={name}>
                  {name} (default {formatParam(usual)})
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
    </>
  );
}
