import { expect } from 'vitest';
import { signature } from '../../apps/worker/webhooks/send-notice.js';
import * as search from '../../packages/search/index.js';
import { searchSpec } from '../../packages/search/testing/search-spec.js';
import { clouds, mlpJob } from '../../packages/training/fixtures/jobs.js';

/** What a piece of a program, as a document shows it, finds around itself. */
export interface Surroundings {
  /** Names that it uses without making them. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Names that it makes, for `check`. */
  readonly made?: readonly string[];
  // what it makes is of no type that is known here
  // biome-ignore lint/suspicious/noExplicitAny: see above
  check?(made: Readonly<Record<string, any>>): unknown;
}

const spec = searchSpec(
  { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } },
  { sampler: { kind: 'coarse-to-fine', rounds: 2, shrink: 0.5, top: 0.25, base: 'random' }, stop: { maxTrials: 24 } },
);

/** By document and number of the block among those that are programs. */
export const SURROUNDINGS: Readonly<Record<string, () => Surroundings>> = {
  'docs/operations.md 0': () => {
    const [secret, body] = ['whsec_x', '{"event":"trial.best"}'];
    const headers = { 'caviar-signature': signature(secret, body, Math.round(Date.now() / 1000)) };
    return {
      given: { secret, body, request: { headers } },
      made: ['isGenuine'],
      check: ({ isGenuine }) => expect(isGenuine).toBe(true),
    };
  },
  'packages/search/README.md 0': () => {
    return {
      given: { ...search, spec, n: 0, history: [] },
      made: ['plan', 'planned', 'context'],
      check: ({ plan, planned, context }) => {
        expect(plan).toMatchObject({ totalTrials: 24 });
        expect(planned).toMatchObject({ index: 0 });
        expect(search.suggest(context, 0, 1)).toHaveLength(1);
      },
    };
  },
  'packages/search/README.md 1': () => ({ given: { ...search, spec: { ...spec, sampler: { kind: 'random' } } } }),
  'packages/testing/README.md 0': () => {
    const after: (() => unknown)[] = [];
    return {
      given: { afterAll: (end: () => unknown) => after.push(end) },
      made: ['database', 'url', 'prefix'],
      check: async ({ url, prefix }) => {
        expect(url).toMatch(/^redis:/);
        expect(prefix).not.toBe('');
        for (const end of after) await end();
        expect(after).toHaveLength(1);
      },
    };
  },
  'packages/training/README.md 0': () => {
    const { trainer, params, dataset } = mlpJob(clouds({ rows: 60, features: 2, classes: 2 }), { epochs: 2 });
    return {
      given: { trainer, params, dataset },
      made: ['run'],
      check: ({ run }) => expect(run.next()).toMatchObject({ kind: 'end' }),
    };
  },
};
