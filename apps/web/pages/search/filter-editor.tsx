import type { SearchView, TableFilter } from '@caviar/contracts';
import { useState } from 'react';
import { formatParam } from '../../format/number.js';
import { CloseIcon, PlusIcon } from '../../ui/icons.js';
import { Menu } from '../../ui/menu.js';

export type Conditions = TableFilter;
type Condition = Conditions[string];
type Space = SearchView['spec']['space'];

/** Conditions on columns: a range for numbers, some of the choices for the others. */
export function FilterEditor({
  columns,
  space,
  filter,
  onChange,
}: {
  readonly columns: readonly { readonly key: string; readonly title: string }[];
  readonly space: Space;
  readonly filter: Conditions;
  readonly onChange: (filter: Conditions) => void;
}) {
  const free = columns.filter(({ key }) => !(key in filter));
  const change = (key: string, condition: Condition | null) => {
    const { [key]: _, ...others } = filter;
    onChange(condition === null ? others : { ...others, [key]: condition });
  };
  return (
    <>
      {Object.entries(filter).map(([key, condition]) => (
        <Editor
          key={key}
          name={columns.find((column) => column.key === key)?.title ?? key}
          domain={key.startsWith('params.') ? space[key.slice('params.'.length)] : undefined}
          condition={condition}
          onChange={(next) => change(key, next)}
        />
      ))}
      <Menu
        isLeft
        button={
          <>
            <PlusIcon /> Filter
          </>
        }
      >
        {free.map(({ key, title }) => (
          <button key={key} type="button" onClick={() => change(key, {})} data-closes>
            {title}
          </button>
        ))}
      </Menu>
    </>
  );
}

function Editor({
  name,
  domain,
  condition,
  onChange,
}: {
  readonly name: string;
  readonly domain: Space[string] | undefined;
  readonly condition: Condition;
  readonly onChange: (condition: Condition | null) => void;
}) {
  return (
    <span className="row filter" style={{ gap: 4 }}>
      <span className="label">{name}</span>
      {domain?.kind === 'categorical' ? (
        <select
          className="select tiny"
          aria-label={name}
          value={'in' in condition ? JSON.stringify(condition.in[0]) : ''}
          onChange={({ target }) => onChange(target.value === '' ? {} : { in: [JSON.parse(target.value)] })}
        >
          <option value="">any</option>
          {domain.choices.map((choice) => (
            <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
              {formatParam(choice)}
            </option>
          ))}
        </select>
      ) : (
        <Range name={name} condition={'in' in condition ? {} : condition} onChange={onChange} />
      )}
      <button
        type="button"
        className="button quiet tiny"
        aria-label={`Remove the filter on ${name}`}
        onClick={() => onChange(null)}
      >
        <CloseIcon />
      </button>
    </span>
  );
}

function Range({
  name,
  condition,
  onChange,
}: {
  readonly name: string;
  readonly condition: { readonly min?: number | undefined; readonly max?: number | undefined };
  readonly onChange: (condition: Condition) => void;
}) {
  const [text, setText] = useState({ min: String(condition.min ?? ''), max: String(condition.max ?? '') });
  const commit = (next: typeof text) => {
    setText(next);
    const [min, max] = [numberIn(next.min), numberIn(next.max)];
    onChange({ ...(min !== undefined && { min }), ...(max !== undefined && { max }) });
  };
  const input = (side: 'min' | 'max', placeholder: string) => (
    <input
      className="input tiny"
      style={{ width: 74 }}
      inputMode="decimal"
      placeholder={placeholder}
      aria-label={`${name} ${placeholder}`}
      value={text[side]}
      onChange={({ target }) => commit({ ...text, [side]: target.value })}
    />
  );
  return (
    <>
      {input('min', 'from')}
      <span className="muted">–</span>
      {input('max', 'to')}
    </>
  );
}

function numberIn(text: string): number | undefined {
  const number = Number(text.trim());
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
}
