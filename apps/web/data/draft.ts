const KEY = 'caviar-draft';

/** A spec on its way to the form of a new search. */
export function keepDraft(spec: unknown): void {
  sessionStorage.setItem(KEY, JSON.stringify(spec));
}

export function keptDraft(): unknown {
  const text = sessionStorage.getItem(KEY);
  return text === null ? null : JSON.parse(text);
}
