import { useEffect, useState } from 'react';

const QUIET_MS = 200; // browsers count how often they are told

/** A text that is still there after a reload, and for who comes back to this page by the button of the browser. */
export function useKeptText(initial: string): readonly [string, (text: string) => void] {
  const [text, setText] = useState(() => keptText() ?? initial);
  useEffect(() => {
    if (text === (keptText() ?? initial)) return;
    const timer = setTimeout(() => history.replaceState({ text }, ''), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text, initial]);
  return [text, setText];
}

function keptText(): string | null {
  const state: unknown = history.state;
  const text = typeof state === 'object' && state !== null && 'text' in state ? state.text : null;
  return typeof text === 'string' ? text : null;
}
