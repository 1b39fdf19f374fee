import { stream } from '@caviar/numerics';
import type { SchedulerSpec, SearchSpec } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import type { FlowResult } from '../flow/commands.js';
import { createFlow, type Flow, restoreFlow } from '../flow/flow.js';
import { mixedCurve, severalCurve, storedResults } from '../testing/curves.js';
import { runFlow } from '../testing/run-flow.js';
import { SCHEDULER_SETTINGS } from '../testing/scheduler-settings.js';
import { searchSpec } from '../testing/search-spec.js';
import { findScheduler, SCHEDULERS } from './registry.js';

const space = { learningRate: { kind: 'float', min: 0, max: 1, scale: 'linear' } } as const;
const TRIALS = 100;

/** What every scheduler must do, in either mode; to be run for each with typical settings. */
function schedulerConformance(
  scheduler: SchedulerSpec,
  reproducibility: 'strict' | 'throughput',
  goal: Partial<SearchSpec> = {},
): void {
  const spec = searchSpec(space, { scheduler, parallelism: 6, reproducibility, ...goal });
  const curve = goal.objectives === undefined ? mixedCurve : severalCurve;
  const plan = { totalTrials: TRIALS, rounds: [] };
  const live = runFlow(spec, plan, curve);
  const results = storedResults(live.commands, curve);

  it('makes all trials, numbered from 0, and ends each of them once', () => {
    const made = live.commands.flatMap(({ kind, number }) => (kind === 'create' ? [number] : []));
    expect(made).toEqual(Array.from({ length: TRIALS }, (_, number) => number));
    const ended = live.commands.flatMap((command) =>
      command.kind === 'observe' && command.status !== 'paused' ? [command.number] : [],
    );
    expect(ended.sort((a, b) => a - b)).toEqual(made);
    expect(live.flow.finished()).toBe(true);
  });

  it('takes every trial further with each job, never beyond the end, and never two jobs at once', () => {
    const at = new Map<number, number | null>();
    const running = new Set<number>();
    for (const command of live.commands) {
      const { kind, number } = command;
      if (kind !== 'create' && kind !== 'continue') {
        running.delete(number);
        continue;
      }
      const { toStep } = command;
      expect(running.has(number) && at.get(number) === null).toBe(false);
      const before = kind === 'create' ? (command.from?.step ?? 0) : at.get(number);
      expect(toStep ?? 28).toBeGreaterThan(before ?? 28);
      if (toStep !== null) expect(toStep).toBeLessThan(27);
      at.set(number, toStep);
      running.add(number);
      expect(running.size).toBeLessThanOrEqual(6);
    }
  });

  it('says why, in one sentence', () => {
    for (const command of live.commands) {
      if (!('reason' in command)) continue;
      if (command.kind !== 'create' || command.reason !== null) expect(command.reason).toMatch(/^[A-Z][^\n]{10,}\.$/);
    }
  });

  it('comes to the same commands from all results at once, and from a part of them no others', () => {
    const rebuilt = createFlow(spec, plan);
    // in throughput mode the order counts, and one result may settle two jobs
    for (const one of reproducibility === 'strict' ? [results] : results.map((result) => [result])) rebuilt.feed(one);
    rebuilt.feed(results);
    expect(rebuilt.take()).toEqual(live.commands);
    const partly = createFlow(spec, plan);
    partly.feed(results.slice(0, 50));
    const commands = partly.take();
    expect(commands).toEqual(live.commands.slice(0, commands.length));
  });

  it('goes on from JSON as it would have gone on', () => {
    const flow = createFlow(spec, plan);
    const feedOneByOne = (to: Flow, part: readonly FlowResult[]) => {
      for (const result of part) to.feed([result]);
    };
    feedOneByOne(flow, results.slice(0, 60));
    const before = flow.take();
    feedOneByOne(flow, results.slice(60, 70));
    const restored = restoreFlow(spec, plan, JSON.parse(JSON.stringify(flow.snapshot())));
    for (const one of [flow, restored]) feedOneByOne(one, results.slice(70));
    const after = restored.take();
    expect(after).toEqual(flow.take());
    expect([...before, ...after]).toEqual(live.commands);
    expect(restored.rungs()).toEqual(live.flow.rungs());
  });

  it('tells what it did, rung by rung', () => {
    for (const { step, trials, promoted, cut } of live.flow.rungs()) {
      expect(step).toBeGreaterThan(0);
      expect(trials).toBeGreaterThan(0);
      expect(promoted).toBeLessThanOrEqual(trials);
      if (cut !== null) expect(Number.isFinite(cut)).toBe(true);
    }
  });

  it.skipIf(goal.objectives !== undefined)('turns values round where more is better', () => {
    const better = { ...spec, objective: { metric: 'dev.accuracy', direction: 'maximize' as const } };
    const turned = runFlow(better, plan, (number, toStep) => {
      const result = mixedCurve(number, toStep);
      return { ...result, value: result.value === null ? null : 0 - result.value };
    });
    const jobsOf = (commands: typeof live.commands) =>
      commands.flatMap((command) => ('toStep' in command ? [[command.number, command.toStep]] : []));
    expect(jobsOf(turned.commands)).toEqual(jobsOf(live.commands));
  });

  if (reproducibility === 'throughput') return;
  it('decides the same in whatever order results come', () => {
    for (let seed = 0; seed < 20; seed++) {
      const order = [...stream(seed, 'order').permutation(results.length)];
      const flow = createFlow(spec, plan);
      const commands = order.flatMap((i) => {
        flow.feed([results[i]!]);
        return flow.take();
      });
      expect(commands).toEqual(live.commands);
    }
  });
}

const objectives = [
  { metric: 'loss', direction: 'minimize' },
  { metric: 'speed', direction: 'maximize' },
] as const;
const SEVERAL = { objective: objectives[0], objectives, constraints: [{ metric: 'size', max: 1 }] };

for (const settings of Object.values(SCHEDULER_SETTINGS)) {
  for (const scheduler of settings) {
    describe(`scheduler ${JSON.stringify(scheduler)}, strict`, () => schedulerConformance(scheduler, 'strict'));
    describe(`scheduler ${JSON.stringify(scheduler)}, throughput`, () => schedulerConformance(scheduler, 'throughput'));
    describe(`scheduler ${JSON.stringify(scheduler)}, two objectives and a constraint`, () =>
      schedulerConformance(scheduler, 'strict', SEVERAL));
  }
}

it('runs for every scheduler that is registered, each under its own name', () => {
  expect(Object.keys(SCHEDULERS).sort()).toEqual(Object.keys(SCHEDULER_SETTINGS).sort());
  for (const [kind, [scheduler]] of Object.entries(SCHEDULER_SETTINGS)) {
    const found = findScheduler(scheduler!.kind);
    expect(found.kind).toBe(kind);
    expect(found.start({ spec: searchSpec(space), scheduler: scheduler! }).version).toBeGreaterThanOrEqual(1);
  }
});
