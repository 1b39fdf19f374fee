import { readFileSync } from 'node:fs';
import { FINAL_TRIAL_STATUSES, isFinal, TRIAL_STATUSES } from '@caviar/spec';
import { describe, expect, test } from 'vitest';
import { isAllowed, type Life, SEARCH_LIFE, TRIAL_LIFE } from './life.js';

const page = readFileSync(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');
const drawings = [...page.matchAll(/```mermaid\nstateDiagram-v2\n([\s\S]*?)```/g)].map(([, lines = '']) =>
  [...lines.matchAll(/^ {2}(\S+) --> (\S+): (.+)$/gm)].map(([, from = '', to = '', label = '']) => ({
    from: from === '[*]' ? 'new' : from,
    to,
    label,
  })),
);

describe.each([
  ['a trial', TRIAL_LIFE as Life<string>, 0],
  ['a search', SEARCH_LIFE as Life<string>, 1],
])('the life of %s', (_, life, drawing) => {
  const arrows = Object.entries(life).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => ({ from, event, to })),
  );

  test('is drawn in docs/architecture.md, arrow by arrow', () => {
    const drawn = drawings[drawing] ?? [];
    const ways = (list: readonly { readonly from: string; readonly to: string }[]) =>
      [...new Set(list.map(({ from, to }) => `${from} -> ${to}`))].sort();
    expect(ways(drawn)).toEqual(ways(arrows));
    for (const { from, event, to } of arrows) {
      expect(drawn.find((arrow) => arrow.from === from && arrow.to === to)?.label, `${from} ${event}`).toContain(event);
    }
  });

  test('can be come to in every status, and left unless it is final', () => {
    for (const status of Object.keys(life)) {
      if (status !== 'new')
        expect(
          arrows.some(({ to }) => to === status),
          status,
        ).toBe(true);
    }
  });
});

test('a trial that has ended stays so, and only one that was made can begin', () => {
  for (const from of FINAL_TRIAL_STATUSES)
    for (const to of TRIAL_STATUSES) expect(isAllowed(TRIAL_LIFE, from, to)).toBe(false);
  for (const to of TRIAL_STATUSES) expect(isAllowed(TRIAL_LIFE, null, to)).toBe(to === 'queued');
  expect(TRIAL_STATUSES.filter((status) => Object.keys(TRIAL_LIFE[status]).length === 0)).toEqual(
    TRIAL_STATUSES.filter(isFinal),
  );
});

test('a paused trial cannot run before it is queued', () => {
  expect(isAllowed(TRIAL_LIFE, 'paused', 'running')).toBe(false);
  expect(isAllowed(TRIAL_LIFE, 'paused', 'queued')).toBe(true);
});
