import { OPERATIONS, type Operation } from '@caviar/contracts';
import { expect, test } from 'vitest';
import { COMMANDS } from './commands/commands.js';

// Every query parameter of every call that a command makes is an option of that command, or it says why not.

/** The command that makes a call, by the call's name; calls without one are those that covers-client.test.ts leaves out. */
const COMMAND_OF: Readonly<Record<string, string>> = {
  listSearches: 'search list',
  getSearchDiagnosis: 'diagnose',
  getSearchImportance: 'search importance',
  getLeaderboard: 'search show',
  listTrials: 'trial list',
  exportTrials: 'search export',
  followEvents: 'search events',
  getMeasurements: 'trial curve',
  getTrialDiagnosis: 'diagnose',
  getModel: 'trial model',
  listDatasets: 'dataset list',
  listTrainers: 'trainer list',
  listWorkers: 'worker list',
  listKeys: 'key list',
};

const CHARTS = 'for charts and tables of the dashboard; no command makes the call';
const NO_COMMAND: Readonly<Record<string, string>> = {
  getTrialTable: CHARTS,
  getTrialPoints: CHARTS,
  getBestSoFar: CHARTS,
  getTrialCurves: CHARTS,
  getSearchTimeline: CHARTS,
};

const NOT_OPTIONS: Readonly<Record<string, string>> = {
  cursor: 'commands page by themselves, up to --limit',
  'listDatasets.limit': 'the command shows all',
  'listTrainers.limit': 'the command shows all',
  'listWorkers.limit': 'the command shows all',
  'listKeys.limit': 'the command shows all',
  'getLeaderboard.waitMs': '`search watch` waits',
  'getMeasurements.maxPoints': 'a curve in a terminal has as many points as it has room for',
};

const operations: readonly (readonly [string, Operation])[] = Object.entries(OPERATIONS);
const queried = operations.filter(([, { query, path }]) => query !== undefined && path.startsWith('/v1/'));

test('each call with a query is made by a command, or is named as one that none makes', () => {
  expect(queried.map(([name]) => name).sort()).toEqual([...Object.keys(COMMAND_OF), ...Object.keys(NO_COMMAND)].sort());
});

test.each(queried.filter(([name]) => name in COMMAND_OF))('what %s can be asked is an option', (name, { query }) => {
  const command = COMMANDS.find(({ path }) => path.join(' ') === COMMAND_OF[name]);
  const options = Object.keys(command?.options ?? {});
  const missing = Object.keys(query?.shape ?? {}).filter(
    (key) => !options.includes(dashed(key)) && !(key in NOT_OPTIONS) && !(`${name}.${key}` in NOT_OPTIONS),
  );
  expect(missing).toEqual([]);
});

test('what is left out is still there', () => {
  const known = queried.flatMap(([name, { query }]) =>
    Object.keys(query?.shape ?? {}).flatMap((key) => [key, `${name}.${key}`]),
  );
  expect(Object.keys(NOT_OPTIONS).filter((each) => !known.includes(each))).toEqual([]);
});

/** `bayesError` is `--bayes-error`. */
function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
