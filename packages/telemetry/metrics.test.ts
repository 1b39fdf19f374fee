import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.js';

test('counters, histograms and gauges come out in the text format, beside those of Node', async () => {
  const metrics = createMetrics();
  const count = metrics.counter({ name: 'things_total', help: 'Things.', labels: ['kind'] });
  const observe = metrics.histogram({ name: 'wait_seconds', help: 'Waits.', labels: [], buckets: [0.1, 1] });
  let queued = 3;
  metrics.gauge({ name: 'trials', help: 'Trials.', labels: ['status'] }, async () =>
    queued === 0 ? [] : [{ labels: { status: 'queued' }, value: queued }],
  );
  count({ kind: 'a' });
  count({ kind: 'a' });
  observe({}, 0.5);
  const first = await metrics.render();
  expect(first.contentType).toMatch(/^text\/plain; version=0.0.4/);
  expect(first.text).toContain('caviar_things_total{kind="a"} 2\n');
  expect(first.text).toContain('caviar_wait_seconds_bucket{le="1"} 1\n');
  expect(first.text).toContain('caviar_trials{status="queued"} 3\n');
  expect(first.text).toContain('process_cpu_seconds_total');
  queued = 0;
  expect((await metrics.render()).text).not.toContain('caviar_trials{');
});

test('two registries in one process do not meet', async () => {
  const options = { name: 'things_total', help: 'Things.', labels: [] };
  createMetrics().counter(options)({});
  const other = createMetrics();
  other.counter(options);
  expect((await other.render()).text).toContain('caviar_things_total 0\n');
});

test('what reads the values of a service goes with it', async () => {
  const made = () => {
    const read = async () => [];
    createMetrics().gauge({ name: 'trials', help: 'Trials.', labels: [] }, read);
    return new WeakRef(read);
  };
  const read = made();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  const isThere = () => {
    collect();
    return read.deref() !== undefined;
  };
  await expect.poll(isThere).toBe(false);
});
