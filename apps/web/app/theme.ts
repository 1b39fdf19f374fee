import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const KEY = 'caviar-theme';
const listeners = new Set<() => void>();
const preference = window.matchMedia('(prefers-color-scheme: dark)');
preference.addEventListener('change', () => changed());

/** What was chosen by hand; null: as the system has it. */
function chosen(): Theme | null {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : null;
}

function currentTheme(): Theme {
  return chosen() ?? (preference.matches ? 'dark' : 'light');
}

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = currentTheme();
}

function changed(): void {
  applyTheme();
  for (const listener of listeners) listener();
}

export function useTheme(): readonly [Theme, () => void] {
  const theme = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentTheme);
  const toggle = () => {
    localStorage.setItem(KEY, theme === 'dark' ? 'light' : 'dark');
    changed();
  };
  return [theme, toggle];
}
