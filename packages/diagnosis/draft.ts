import type { Domain, Params } from '@caviar/spec';

/** A spec under construction. */
export interface Draft {
  readonly space: Record<string, Domain>;
  readonly params: Record<string, Params[string]>;
  readonly changes: string[];
}

const LEGAL_MOST: Readonly<Record<string, number>> = {
  hiddenUnits: 16_384,
  hiddenLayers: 100,
  epochs: 100_000,
  patience: 100_000,
};

/** Whether another parameter's condition names this one. */
export function isParent({ space }: Draft, name: string): boolean {
  return Object.values(space).some(({ when }) => when !== undefined && Object.hasOwn(when, name));
}

/** Searches upwards from the best trial's value, to `factor` times as much, or as far as before where that was further. */
export function grow(
  draft: Draft,
  { name, otherwise, best, factor }: { name: string; otherwise: number; best: Params; factor: number },
): void {
  const value = best[name] ?? draft.params[name] ?? otherwise;
  const max = LEGAL_MOST[name]!;
  const before = draft.space[name];
  // Conditions may name its old values: they must stay possible.
  const mustStay = isParent(draft, name);
  if (mustStay && before?.kind !== 'int') return;
  if (Array.isArray(value)) {
    const wider = (value as readonly number[]).map((units) => Math.min(2 * units, max));
    if (wider.every((units, layer) => units === value[layer])) return;
    delete draft.params[name];
    draft.space[name] = { kind: 'categorical', choices: [[...(value as readonly number[])], wider] };
    draft.changes.push(`${name}: also twice as many in every layer`);
    return;
  }
  if (typeof value !== 'number' || value >= max) return;
  const old = before?.kind === 'int' ? before : null;
  const from = mustStay && old !== null ? old.min : value;
  const to = Math.max(Math.min(factor * value, max), old?.max ?? 0);
  delete draft.params[name];
  const when = before?.when === undefined ? {} : { when: before.when };
  draft.space[name] = { kind: 'int', min: from, max: to, scale: 'log', ...when };
  draft.changes.push(`${name}: searched from ${from} to ${to}; the best trial had ${value}`);
}

export function search(draft: Draft, name: string, domain: Domain): void {
  if (draft.space[name] !== undefined) return;
  delete draft.params[name];
  draft.space[name] = domain;
  const range = domain.kind === 'categorical' ? domain.choices.join(', ') : `${domain.min} to ${domain.max}`;
  draft.changes.push(`${name}: searched, ${range}`);
}
