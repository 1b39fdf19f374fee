import type { SearchView } from '@caviar/contracts';
import type { ReactNode } from 'react';
import { Link } from '../app/router.js';
import { endedOf } from '../data/progress.js';
import { formatCount } from '../format/number.js';

export function StatusPill({ status }: { readonly status: string }) {
  return <span className={`pill ${status}`}>{status}</span>;
}

const SHOWN = ['completed', 'pruned', 'infeasible', 'failed', 'cancelled', 'running', 'paused'] as const;

/** How far a search is, each status with its share. */
export function ProgressBar({ progress }: { readonly progress: SearchView['progress'] }) {
  const { total } = progress;
  const text = SHOWN.filter((status) => progress[status] > 0)
    .map((status) => `${formatCount(progress[status])} ${status}`)
    .join(', ');
  return (
    <span
      className="progress"
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={endedOf(progress)}
      aria-label={`Trials: ${text === '' ? 'none yet' : text}`}
      title={text}
    >
      {total > 0 &&
        SHOWN.map((status) => (
          <i key={status} className={status} style={{ width: `${(100 * progress[status]) / total}%` }} />
        ))}
    </span>
  );
}

export function Card({
  title,
  hint,
  actions,
  className = '',
  children,
}: {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className={`card ${className}`} aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        {hint !== undefined && <span className="hint">{hint}</span>}
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      <div className="card-body">{children}</div>
    </section>
  );
}

/** One of a few choices, all in sight. */
export function Segments<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
}) {
  return (
    <fieldset className="segments" aria-label={label} style={{ border: 0, margin: 0 }}>
      {choices.map(([choice, name]) => (
        <button key={choice} type="button" aria-pressed={choice === value} onClick={() => onChange(choice)}>
          {name}
        </button>
      ))}
    </fieldset>
  );
}

export function Select({
  label,
  value,
  choices,
  onChange,
  isTiny = true,
}: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly onChange: (value: string) => void;
  readonly isTiny?: boolean;
}) {
  return (
    <select
      className={`select ${isTiny ? 'tiny' : ''}`}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  );
}

export function TrialLink({ id, number }: { readonly id: string; readonly number: number }) {
  return <Link href={`/trials/${id}`}>#{number}</Link>;
}

/** A value; one that breaks a constraint says so. */
export function Bound({ isBroken, children }: { readonly isBroken: boolean; readonly children: ReactNode }) {
  if (!isBroken) return children;
  return (
    <span className="broken" title="breaks a constraint">
      {children} <span aria-hidden="true">✗</span>
      <span className="hidden-text">breaks a constraint</span>
    </span>
  );
}

export function Pairs({ items }: { readonly items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="pairs">
      {items.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
