import { ProblemError } from '@caviar/client';
import type { ReactNode } from 'react';
import { Link } from '../app/router.js';
import { isAway } from '../data/session.js';
import type { Loaded } from '../data/use-load.js';

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="state">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  return (
    <div className="state" role="alert">
      <strong>{isAway(error) ? 'The service does not answer' : titleOf(error)}</strong>
      <p>{isAway(error) ? 'It is tried again as soon as it is back.' : messageOf(error)}</p>
      {isMissing(error) ? (
        <p>
          It may have been deleted, or the address be mistyped. <Link href="/searches">All searches</Link>
        </p>
      ) : (
        onRetry !== undefined && (
          <div className="row">
            <button type="button" className="button" onClick={onRetry}>
              Try again
            </button>
          </div>
        )
      )}
    </div>
  );
}

function titleOf(error: unknown): string {
  if (error instanceof ProblemError && error.code === 'role-too-low') return 'Your key may not see this';
  return isMissing(error) ? 'It is not there' : 'This could not be loaded';
}

function isMissing(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 404;
}

export function messageOf(error: unknown): string {
  if (error instanceof ProblemError) {
    const places = error.errors.map(({ pointer, message }) => `${pointer}: ${message}`);
    // The message begins with the first of them.
    return [error.message, ...places.filter((place) => !error.message.includes(place))].join(' · ');
  }
  return error instanceof Error ? error.message : String(error);
}

export function Skeleton({ height }: { readonly height: number }) {
  return <div className="skeleton" style={{ height }} role="status" aria-label="Loading" />;
}

/** What is loaded, or the state that stands for it. Problems of the codes in `quiet` are no failures: they are shown as what is not there yet. */
export function Whole<Value>({
  loaded,
  height = 180,
  quiet = [],
  quietTitle = 'Nothing to show yet',
  children,
}: {
  readonly loaded: Loaded<Value>;
  readonly height?: number;
  readonly quiet?: readonly string[];
  readonly quietTitle?: string;
  readonly children: (value: Value) => ReactNode;
}) {
  const { value, error, isLoading, reload } = loaded;
  if (value !== undefined) return children(value);
  if (error instanceof ProblemError && quiet.includes(error.code)) {
    return (
      <Empty title={quietTitle}>
        <p>{error.message}</p>
      </Empty>
    );
  }
  if (error !== undefined) return <Failure error={error} onRetry={reload} />;
  return isLoading ? <Skeleton height={height} /> : null;
}
