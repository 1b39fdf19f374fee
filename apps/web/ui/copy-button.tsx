import { useEffect, useState } from 'react';
import { CopyIcon } from './icons.js';

const SAID_MS = 2_500;
const SAID = { copied: 'Copied', refused: 'Not copied' } as const;

/** Copies a text, and says that it did: nothing else is seen of it. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [outcome, setOutcome] = useState<keyof typeof SAID | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await copied(text)) ? 'copied' : 'refused');
  return (
    <button type="button" className="button tiny" onClick={copy} title={`Copy the ${what} as JSON`}>
      <CopyIcon />
      <span role="status">{outcome === null ? 'Copy' : SAID[outcome]}</span>
      <span className="hidden-text">the {what}</span>
    </button>
  );
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedAsSelection(text); // pages that came by plain HTTP from another machine have no clipboard
  }
}

function copiedAsSelection(text: string): boolean {
  const { activeElement } = document;
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'hidden-text';
  document.body.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus();
  return isDone;
}
