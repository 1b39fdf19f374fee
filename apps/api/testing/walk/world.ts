import type { SearchView, TrialView } from '@caviar/contracts';
import type { TestApp } from '../test-app.js';
import { body, problem } from '../wire.js';
import type { Answer, Instance } from './instance.js';
import type { Random } from './random.js';

/** A trial as somebody was given it. */
export interface Lease {
  readonly trialId: string;
  readonly number: number;
  readonly leaseToken: string;
  /** The attempt that it stands for. */
  readonly attempt: number;
  readonly params: TrialView['params'];
}

/** What a walk has done, and what must be true of it. */
export interface World {
  readonly random: Random;
  /** Instances of the API on the same servers. */
  readonly instances: readonly Instance[];
  /** The one in this process. */
  readonly here: TestApp;
  readonly databaseUrl: string;
  readonly searchId: string;
  /** What code outside has been given, old leases among them. */
  readonly leases: Lease[];
  /** Trials as they were first seen to have ended. */
  readonly ended: Map<string, TrialView>;
  /** Metrics that were accepted first, by trial and step. */
  readonly curves: Map<string, Map<number, Readonly<Record<string, number | null>>>>;
  /** What people want of trials that run, until they hear of it. */
  readonly wishes: Map<string, 'pause' | 'cancel'>;
  /** Attempts whose holder was told to leave the trial for a while, by trial: it is heard until somebody has the next. */
  readonly left: Map<string, number>;
  /** Finishes that were taken, by trial. */
  readonly finishes: Map<string, { readonly attempt: number; readonly request: object }>;
  /** Attempts that were told to have failed, by trial. */
  readonly failures: Map<string, number>;
  /** Boards by their tags. */
  readonly boards: Map<string, string>;
  /** Trials that callers have added, or let go on by hand: they come on top of `parallelism`. */
  extra: number;
  /** Largest values that these had. */
  maxParallelism: number;
  maxTrials: number;
  /** What was done, for people. */
  readonly log: string[];
}

/** Calls one of the instances. */
export function call(world: World, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) {
  return world.random.pick(world.instances).send({ method, url, payload });
}

export async function searchOf(world: World): Promise<SearchView> {
  return body(await call(world, 'GET', `/v1/searches/${world.searchId}`), 'getSearch');
}

export async function trialOf(world: World, id: string): Promise<TrialView> {
  return body(await call(world, 'GET', `/v1/trials/${id}`), 'getTrial');
}

export async function allTrials(world: World): Promise<TrialView[]> {
  const trials: TrialView[] = [];
  const limit = world.random.pick([3, 7, 200]);
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await call(world, 'GET', `/v1/searches/${world.searchId}/trials?limit=${limit}${after}`);
    const page = body(answer, 'listTrials');
    trials.push(...page.items);
    cursor = page.nextCursor;
  }
  return trials;
}

/** Fails with what was done. */
export function must(condition: boolean, what: string, ...details: readonly unknown[]): asserts condition {
  if (!condition) throw new Error([what, ...details.map((detail) => JSON.stringify(detail))].join('\n'));
}

/** The same as JSON. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** The code of a problem; null for any other answer. */
export function problemOf(answer: Answer): string | null {
  return answer.statusCode < 400 ? null : problem(answer).code;
}
