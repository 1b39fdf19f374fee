import { type AnchorHTMLAttributes, type MouseEvent, useCallback, useSyncExternalStore } from 'react';

/** Where the page is: the parts of the path, and the parameters behind it. */
export interface Place {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};
window.addEventListener('popstate', tell);

const href = () => `${location.pathname}${location.search}`;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePlace(): Place {
  return placeAt(useSyncExternalStore(subscribe, href));
}

export function placeAt(address: string): Place {
  const url = new URL(address, location.origin);
  return { path: url.pathname.split('/').filter(Boolean).map(decodeURIComponent), query: url.searchParams };
}

export function navigate(to: string, { replace = false } = {}): void {
  if (to === href()) return;
  if (replace) history.replaceState(history.state, '', to);
  else history.pushState(null, '', to);
  if (!replace) window.scrollTo(0, 0);
  tell();
}

/** A link that goes on in the page; with a modifier key, or in a new tab, as links do. */
export function Link({ href: to, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}

/** A parameter of the address, so that what is looked at can be linked to; the default is left out of it. */
export function useParam(name: string, fallback = ''): readonly [string, (value: string) => void] {
  const { query } = usePlace();
  const set = useCallback(
    (value: string) => {
      const url = new URL(location.href);
      if (value === fallback) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
      navigate(`${url.pathname}${url.search}`, { replace: true });
    },
    [name, fallback],
  );
  return [query.get(name) ?? fallback, set];
}
