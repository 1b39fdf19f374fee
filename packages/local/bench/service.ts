// The service's figures: `npm run bench -- service`.
//
// The whole service as `npm start` has it, on the embedded Postgres with all its promises (fsync on) and the embedded Redis.
// With --home DIR the data stays, and the next run with it reads the search of a million trials that is there.
// Prints a Markdown table, and the load of the machine beside each figure: with other work on the machine, figures are lower.
import { askAndTell, externalSearch } from './service/ask-tell.js';
import { type Rate, type RunOptions, runSearch } from './service/end-to-end.js';
import { overheadOfSleep } from './service/overhead.js';
import { readWhileWriting } from './service/reading.js';
import { describeMachine, type Figure, figureTable, load, quantile } from './support/figures.js';
import { among, flag, folder, number, readOptions } from './support/options.js';
import { type Service, startService } from './support/service.js';

const PARTS = ['throughput', 'flat', 'ask', 'overhead', 'reading'] as const;
const values = readOptions('npm run bench -- service', {
  only: among('which figures', PARTS),
  quick: flag('a tenth of each'),
  keep: flag('leave the data and logs where they are'),
  home: folder('where data are kept, for the next run to read again'),
  statements: flag('and where Postgres spends its time'),
  workers: number('worker processes', 4),
  seconds: number('how long each rate is measured', 10),
  history: number('trials in the search before it is measured again', 100_000),
  rows: number('trials of the search that is read', 1_000_000),
});
const wanted = values.only;
const shrink = values.quick ? 10 : 1;
const history = values.history / shrink;
const rows = values.rows / shrink;
const seconds = values.seconds / (values.quick ? 3 : 1);
const found: (Figure & { readonly load: string })[] = [];

function tell(figure: Figure): void {
  const at = load();
  found.push({ ...figure, load: at });
  process.stderr.write(
    `${figure.what}: ${figure.found} (wanted ${figure.wanted === '' ? 'nothing' : figure.wanted}; load ${at})\n`,
  );
}

const perSecond = (rate: number) => `${Math.round(rate).toLocaleString('en')} a second`;
const ms = (value: number) => `${value.toFixed(1)} ms`;

/** `least`: what is wanted; 0 = nothing in particular. */
function tellRate(what: string, { perSecond: rate, cpu }: Rate, least: number): void {
  const target = least === 0 ? '' : `${least.toLocaleString('en')} a second`;
  tell({ what, wanted: target, found: perSecond(rate), isReached: rate >= least });
  process.stderr.write(`  CPU of each ${cpu}\n`);
}

/** How flat: a rate with many trials in the search, beside the rate without. */
function tellShare(what: string, { perSecond: rate, cpu }: Rate, alone: Rate): void {
  const share = rate / alone.perSecond;
  tell({
    what,
    wanted: '90 % of that without',
    found: `${perSecond(rate)}, ${Math.round(100 * share)} %`,
    isReached: share >= 0.9,
  });
  process.stderr.write(`  CPU of each ${cpu}\n`);
}

const many = (count: number) => count.toLocaleString('en');
const ASHA = { kind: 'asha', minResource: 111, maxResource: 1000, eta: 3 };
/** Trials end to end: what is measured, what is wanted, how. */
const RUNS: readonly (readonly [what: string, least: number, options: RunOptions])[] = [
  ['random', 1000, { steps: 1, trials: 8000 / shrink }],
  ['random, 10 measurements each', 1000, { steps: 1000, trials: 8000 / shrink }],
  ['tpe', 0, { sampler: { kind: 'tpe' }, steps: 1, trials: 3000 / shrink }],
  ['asha, 10 measurements each', 300, { scheduler: ASHA, steps: 1000, trials: 3000 / shrink }],
];

async function endToEnd(service: Service): Promise<void> {
  await runSearch(service, { steps: 1, trials: 500 }); // warm
  for (const [what, least, options] of RUNS) {
    const rate = await runSearch(service, options);
    if (wanted.has('throughput')) tellRate(`${values.workers} worker processes, ${what}`, rate, least);
    if (!wanted.has('flat')) continue;
    const later = await runSearch(service, { ...options, history });
    tellShare(`… with ${many(history)} trials already in the search`, later, rate);
  }
}

async function asking(service: Service): Promise<void> {
  const clients = { clients: 8, batch: 16 };
  const run = async (trials: number) => {
    const id = await externalSearch(service, { parallelism: 128, history: trials });
    await askAndTell(service, id, { ...clients, until: 2 }); // warm
    return askAndTell(service, id, { ...clients, until: seconds });
  };
  const rate = await run(0);
  const { calls } = rate;
  tellRate('ask and tell, 8 clients with batches of 16', rate, 500);
  process.stderr.write(`  a call takes ${ms(quantile(calls, 0.5))} (p50), ${ms(quantile(calls, 0.99))} (p99)\n`);
  if (wanted.has('flat')) tellShare(`… with ${many(history)} trials already in the search`, await run(history), rate);
}

async function overhead(service: Service): Promise<void> {
  const trials = 10_000 / shrink;
  const share = await overheadOfSleep(service, { trials, slots: 200, clients: 4, sleepMs: 1000 });
  tell({
    what: `${many(trials)} trials that sleep a second, 200 slots of 4 clients: wall time over the ideal`,
    wanted: 'at most 3 %',
    found: `${(100 * share).toFixed(1)} %`,
    isReached: share <= 0.03,
  });
}

async function reading(service: Service): Promise<void> {
  const pollers = 50;
  const pollEveryMs = 250;
  const report = await readWhileWriting(service, {
    history: rows,
    pollers,
    pollEveryMs,
    rate: 500,
    seconds: 2 * seconds,
  });
  const where = `${many(rows)} trials, ${Math.round(report.perSecond)} more a second`;
  const time = (what: string, values: readonly number[], share: number, most: number) => {
    const value = quantile(values, share);
    tell({ what, wanted: `under ${most} ms`, found: ms(value), isReached: value < most });
  };
  process.stderr.write(
    `  ${report.boards.length} polls, ${report.unchanged} of them unchanged; p50 ${ms(quantile(report.boards, 0.5))}\n`,
  );
  time(`${where}: leaderboard, ${pollers} pollers with ETag, four times a second each, p99`, report.boards, 0.99, 10);
  time(`${where}: first page of trials, p99`, report.pages, 0.99, 20);
  time(`${where}: an event is heard after, p95`, report.events, 0.95, 100);
}

const ENVIRONMENT = { CAVIAR_RATE_LIMIT: '0' };
const overrides = {
  environment: ENVIRONMENT,
  ...(values.statements ? { postgres: { shared_preload_libraries: 'pg_stat_statements' } } : {}),
};

/** Where Postgres spends its time, with the statements of triggers by themselves. */
async function tellStatements({ sql }: Service): Promise<void> {
  const rows = await sql<{
    readonly calls: number;
    readonly ms: number;
    readonly mean: number;
    readonly query: string;
  }>(
    `SELECT calls::int, total_exec_time AS ms, mean_exec_time AS mean, regexp_replace(query, '\\s+', ' ', 'g') AS query
     FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 15`,
  );
  for (const { calls, ms: total, mean, query } of rows) {
    process.stderr.write(`  ${ms(total)} in ${calls} of ${mean.toFixed(3)} ms: ${query.slice(0, 160)}\n`);
  }
}

async function inService(workers: number, work: (service: Service) => Promise<void>): Promise<void> {
  const service = await startService({ workers, overrides, keep: values.keep, home: values.home });
  try {
    if (values.statements) await service.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await work(service);
    if (values.statements) await tellStatements(service);
  } finally {
    await service.stop();
  }
}

if (wanted.has('throughput') || wanted.has('flat')) await inService(values.workers, endToEnd);
await inService(0, async (service) => {
  if (wanted.has('ask')) await asking(service);
  if (wanted.has('overhead')) await overhead(service);
  if (wanted.has('reading')) await reading(service);
});
const date = new Date().toISOString().slice(0, 10);
process.stdout.write(`${date}, ${describeMachine()}\n\n${figureTable(found)}\n`);
