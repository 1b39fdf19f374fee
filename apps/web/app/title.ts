import { useEffect } from 'react';
import { usePlace } from './router.js';

export function titleWith(...parts: readonly string[]): string {
  return [...parts.filter((part) => part !== ''), 'Caviar'].join(' · ');
}

/** Names the page in the tab of the browser, in its history and to screen readers: by what is shown, once that is known. */
export function useTitle(...parts: readonly string[]): void {
  const title = titleWith(...parts);
  const { path } = usePlace();
  const place = path.join('/');
  // biome-ignore lint/correctness/useExhaustiveDependencies: at another place the page has been named after its kind again
  useEffect(() => {
    document.title = title;
  }, [title, place]);
}
