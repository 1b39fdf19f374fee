import { type ReactNode, useEffect, useState } from 'react';
import { listIn, listText } from './list-text.js';

/** A named control with what is wrong below it. */
export function Field({
  label,
  error,
  children,
}: {
  readonly label: string;
  readonly error?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label className="field">
      <span>{label}</span>
      {children}
      {error !== undefined && <span className="field-error">{error}</span>}
    </label>
  );
}

const COMMA = /^\s*[-+]?\d*,\d+(e[-+]?\d+)?\s*$/i;

/** A number as text, so that `1e-4` can be typed; nothing is undefined, and what is no number stays as it is, to be told. */
export function NumberField({
  label,
  value,
  error,
  placeholder,
  onChange,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly onChange: (value: unknown) => void;
}) {
  const shown = value === undefined ? '' : String(value);
  const [text, setText] = useState(shown);
  useEffect(() => {
    setText((before) => (numberIn(before) === value ? before : shown));
  }, [value, shown]);
  return (
    <Field
      label={label}
      error={error !== undefined && COMMA.test(text) ? 'decimals have a point here, no comma' : error}
    >
      <input
        className="input"
        inputMode="decimal"
        value={text}
        placeholder={placeholder}
        aria-invalid={error !== undefined}
        onChange={({ target }) => {
          setText(target.value);
          onChange(numberIn(target.value));
        }}
      />
    </Field>
  );
}

function numberIn(text: string): unknown {
  if (text.trim() === '') return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

export function ChoiceField({
  label,
  value,
  choices,
  names,
  error,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  /** What is shown of a choice, where that is not the choice itself. */
  readonly names?: ReadonlyMap<string, string>;
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  const all = choices.includes(value) ? choices : [value, ...choices];
  return (
    <Field label={label} error={error}>
      <select
        className="select"
        value={value}
        aria-invalid={error !== undefined}
        onChange={({ target }) => onChange(target.value)}
      >
        {all.map((choice) => (
          <option key={choice} value={choice}>
            {choice === '' ? '–' : (names?.get(choice) ?? choice)}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Values of any kind, separated by commas: `adam, gd`, `16, 32`, `true, false`. */
export function ListField({
  label,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly value: readonly unknown[];
  readonly error?: string | undefined;
  readonly onChange: (value: readonly unknown[]) => void;
}) {
  const shown = listText(value);
  const [text, setText] = useState(shown);
  const asJson = JSON.stringify(value);
  useEffect(() => {
    setText((before) => (JSON.stringify(listIn(before)) === asJson ? before : shown));
  }, [asJson, shown]);
  return (
    <Field label={label} error={error}>
      <input
        className="input"
        value={text}
        aria-invalid={error !== undefined}
        onChange={({ target }) => {
          setText(target.value);
          onChange(listIn(target.value));
        }}
      />
    </Field>
  );
}
