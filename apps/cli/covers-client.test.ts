import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createClient } from '@caviar/client';
import { expect, test } from 'vitest';

/** What people at a terminal have no use for, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  ask: 'for programs that train',
  tell: 'for programs that train',
  addMeasurement: 'for programs that train',
  heartbeat: 'for programs that train',
  releaseTrial: 'for programs that train',
  finishTrial: 'for programs that train',
  followChanges: 'for pages that show all searches',
  trialTable: 'for pages; `trial list` and `search show` have its rows',
  trialPoints: 'for charts',
  bestSoFar: 'for charts',
  trialCurves: 'for charts; `trial curve` draws one',
  searchRungs: 'for charts',
  searchTimeline: 'for charts',
  everyEntry: 'for programs that page through a board',
  listSearches: 'everySearch',
  listTrials: 'everyTrial',
};

test('there is a command for every call', () => {
  const folder = fileURLToPath(new URL('commands/', import.meta.url));
  const source = readdirSync(folder)
    .map((file) => readFileSync(folder + file, 'utf8'))
    .join('\n');
  const methods = Object.keys(createClient({ baseUrl: 'http://caviar.test' }));
  const missing = methods.filter((name) => !new RegExp(`\\bclient\\s*\\.${name}\\b`).test(source));
  expect(missing.filter((name) => !(name in LEFT_OUT))).toEqual([]);
  // whatever is named above is still a call
  expect(Object.keys(LEFT_OUT).filter((name) => !methods.includes(name))).toEqual([]);
});
