// Soak: `npm run soak`.
//
// Keeps the whole service busy for a time, samples the memory of every process, and fails when one of them grows: by the median
// slope of its samples, leaving out the first third, in which caches fill.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { heapMiB, residentMiB, type Sample } from './soak/memory.js';
import { type Growth, growth, type Point } from './soak/slope.js';
import { keepBusy } from './soak/work.js';
import { describeMachine, load } from './support/figures.js';
import { number, readOptions } from './support/options.js';
import { type Service, startService } from './support/service.js';

const {
  minutes,
  workers,
  'every-s': everyS,
} = readOptions('npm run soak --', {
  minutes: number('how long', 30, 0),
  workers: number('worker processes', 2),
  'every-s': number('seconds between two looks at the memory', 5),
});
const everyMs = 1000 * everyS;

/** Most that memory may grow in the time that counts: of the median, or in MiB where that is little. */
const BOUNDS = { resident: { share: 0.1, noise: 16 }, heap: { share: 0.05, noise: 4 } };

function processes({ stack }: Service): readonly (readonly [name: string, pid: number | undefined])[] {
  const workers = stack.workers.map((worker) => [worker.name, worker.current()?.pid] as const);
  return [
    ['API', stack.api.current()?.pid],
    ...workers,
    ['Postgres', stack.postgres.pid()],
    ['Redis', stack.redis.pid()],
  ];
}

async function watch(
  service: Service,
  folder: string,
  isOver: () => boolean,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>();
  const from = performance.now();
  while (!isOver()) {
    await sleep(everyMs);
    for (const [name, pid] of processes(service)) {
      if (pid === undefined) throw new Error(`${name} has ended`);
      const of = samples.get(name) ?? [];
      samples.set(name, of);
      of.push({ atS: (performance.now() - from) / 1000, rss: residentMiB(pid), heap: heapMiB(folder, pid) });
    }
  }
  return samples;
}

interface Verdict {
  readonly name: string;
  readonly kind: string;
  readonly growth: Growth;
}

function judge(samples: ReadonlyMap<string, readonly Sample[]>): readonly Verdict[] {
  return [...samples].flatMap(([name, all]) => {
    const late = all.slice(Math.floor(all.length / 3));
    const resident = late.map(({ atS, rss }): Point => [atS, rss]);
    const heap = late.flatMap(({ atS, heap }): Point[] => (heap === undefined ? [] : [[atS, heap]]));
    return [
      { name, kind: 'resident', growth: growth(resident, BOUNDS.resident) },
      ...(heap.length > 0 ? [{ name, kind: 'heap after collection', growth: growth(heap, BOUNDS.heap) }] : []),
    ];
  });
}

const mib = (value: number) => `${value.toFixed(1)} MiB`;
const folder = mkdtempSync(join(tmpdir(), 'caviar-soak-'));
const probe = pathToFileURL(fileURLToPath(new URL('./soak/probe.js', import.meta.url))).href;
const environment = { NODE_OPTIONS: `--import=${probe}`, SOAK_FOLDER: folder, SOAK_EVERY_MS: String(everyMs) };
const service = await startService({ workers, overrides: { environment } });
try {
  const until = performance.now() + 60_000 * minutes;
  const isOver = () => performance.now() >= until;
  const [done, samples] = await Promise.all([keepBusy(service, isOver), watch(service, folder, isOver)]);
  const verdicts = judge(samples);
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}, load ${load()}: ${minutes} minutes, ` +
      `${done.trials} trials of ${done.searches} searches, ${done.requests} reads\n\n` +
      '| process | memory | after a third | at the end | growth by the median slope |\n| --- | --- | --- | --- | --- |\n',
  );
  for (const { name, kind, growth: of } of verdicts) {
    const by = of.isFlat ? mib(of.by) : `**${mib(of.by)}**`;
    process.stdout.write(`| ${name} | ${kind} | ${mib(of.from)} | ${mib(of.to)} | ${by} |\n`);
  }
  const growing = verdicts.filter(({ growth: { isFlat } }) => !isFlat);
  process.stdout.write(
    growing.length === 0
      ? '\n✓ flat\n'
      : `\n✗ ${growing.map(({ name, kind }) => `${name} (${kind})`).join(', ')} grow\n`,
  );
  process.exitCode = growing.length === 0 ? 0 : 1;
} finally {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
}
