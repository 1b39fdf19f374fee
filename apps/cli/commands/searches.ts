import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { SearchPreviewView, SearchSort, SearchView } from '@caviar/contracts';
import { harmless } from '@caviar/terminal';
import type { ArgumentSpec, Command, Context } from '../command.js';
import { EXIT } from '../exit-code.js';
import { countsText, fields, numberText } from '../view/format.js';
import { boardTable, searchFields, searchTable, searchTitle } from '../view/search-lines.js';
import { findSearch, searchId } from './find.js';
import { readSpec } from './read-spec.js';
import { watch } from './watch.js';

const SEARCH_STATUSES = ['running', 'paused', 'completed', 'cancelled', 'failed'] as const;
export const SEARCH: ArgumentSpec = { name: 'SEARCH', help: 'id of a search, or "latest"' };
const SORTS = ['created', 'name', 'status', 'progress', 'trials'] as const;
const ORDERS = ['asc', 'desc'] as const;
const LIMIT = { kind: 'number', value: 'N', min: 1, help: 'how many at most' } as const;

const create: Command = {
  path: ['search', 'create'],
  summary: 'make and start a search',
  args: [{ name: 'FILE', help: 'the spec as JSON; - for standard input' }],
  options: {
    name: { kind: 'string', value: 'NAME', help: 'instead of the name in the spec' },
    trials: { kind: 'number', value: 'N', help: 'instead of stop.maxTrials in the spec' },
    seed: { kind: 'number', value: 'N', help: 'instead of the seed in the spec' },
    preview: { kind: 'boolean', help: 'show what it would do, and make nothing' },
    watch: { kind: 'boolean', help: 'follow it to its end' },
    'idempotency-key': { kind: 'string', value: 'KEY', help: 'the same key and spec make one search' },
  },
  examples: [
    'caviar search create docs/examples/quickstart.json --watch',
    'caviar search create spec.json --preview',
    'caviar diagnose latest --next | caviar search create -',
  ],
  async run(context) {
    const { client, args, flags, io, style } = context;
    const written = await readSpec(context, args['FILE'] ?? '-');
    const [name, trials, seed] = [flags.string('name'), flags.number('trials'), flags.number('seed')];
    const spec = {
      ...written,
      ...(name !== undefined && { name }),
      ...(seed !== undefined && { seed }),
      ...(trials !== undefined && { stop: { ...written.stop, maxTrials: trials } }),
    };
    if (flags.boolean('preview')) {
      const preview = await client.previewSearch(spec, { signal: io.signal });
      context.answer(preview, () => previewLines(context, preview));
      return EXIT.ok;
    }
    const idempotencyKey = flags.string('idempotency-key');
    const search = await client.createSearch(spec, { idempotencyKey, signal: io.signal });
    if (flags.boolean('watch')) return watch(context, search.id);
    context.answer(search, () => [
      searchTitle(search, style),
      `${style.dim('next:')} caviar search watch ${search.id}`,
    ]);
    return EXIT.ok;
  },
};

function previewLines(
  { screen, style: { bold, dim } }: Context,
  { spec, plan, parameters, draws }: SearchPreviewView,
): string[] {
  const rounds = plan.rounds.map(({ firstNumber, endNumber }) => endNumber - firstNumber).join(' + ');
  const rungs = plan.rungs.map(({ step, trials }) => `${trials} to step ${step}`).join(', ');
  const LEVELS = '▁▂▃▄▅▆▇█';
  const widest = Math.max(...parameters.map(({ name }) => name.length));
  return [
    bold(spec.name),
    ...fields(
      [
        ['sampler', [plan.sampler.kind, ...(plan.sampler.reason === null ? [] : [plan.sampler.reason])].join(': ')],
        ['trials', plan.trials === null ? 'as many as there is time for' : String(plan.trials)],
        ...(rounds === '' ? [] : [['rounds', rounds] as const]),
        ...(rungs === '' ? [] : [['rungs', rungs] as const]),
        ...(plan.epochs === null ? [] : [['epochs', `about ${numberText(Math.round(plan.epochs))} in all`] as const]),
        ...(plan.configurations === null ? [] : [['space', `${plan.configurations} configurations`] as const]),
      ],
      screen.width(),
    ),
    '',
    bold(`What ${draws} draws look like`),
    ...parameters.map(({ name, histogram, activeShare }) => {
      const most = Math.max(1, ...histogram.counts);
      const picture = histogram.counts
        .map((count) => (count === 0 ? ' ' : (LEVELS[Math.round((count / most) * 7)] ?? ' ')))
        .join('');
      const domain =
        histogram.kind === 'values'
          ? histogram.values.map((value) => String(value)).join(' ')
          : `${numberText(histogram.edges[0])} to ${numberText(histogram.edges.at(-1))}, ${histogram.scale}`;
      const share = activeShare < 1 ? dim(`, in ${Math.round(activeShare * 100)} %`) : '';
      return `  ${name.padEnd(widest)}  ${picture}  ${domain}${share}`;
    }),
  ];
}

const list: Command = {
  path: ['search', 'list'],
  summary: 'searches, newest first or in another order',
  options: {
    status: { kind: 'string', value: 'STATUS', help: 'only these', choices: SEARCH_STATUSES },
    q: {
      kind: 'string',
      value: 'WORDS',
      help: 'only those that have each word in their name, trainer, data set, sampler or scheduler',
    },
    sort: { kind: 'string', value: 'BY', help: 'created unless given', choices: SORTS },
    order: {
      kind: 'string',
      value: 'ORDER',
      help: 'asc for names and statuses, desc for the rest, unless given',
      choices: ORDERS,
    },
    limit: LIMIT,
    all: { kind: 'boolean', help: 'all of them, however many' },
  },
  examples: [
    'caviar search list --status running',
    'caviar search list --q "mnist tpe" --sort progress',
    'caviar search list --json | jq -r ".[].id"',
  ],
  async run(context) {
    const { client, flags, io, screen, style } = context;
    const status = flags.string('status') as SearchView['status'] | undefined;
    const query = {
      status,
      q: flags.string('q'),
      sort: flags.string('sort') as SearchSort | undefined,
      order: flags.string('order') as (typeof ORDERS)[number] | undefined,
      signal: io.signal,
    };
    const limit = flags.boolean('all') ? Number.POSITIVE_INFINITY : (flags.number('limit') ?? 20);
    const searches: SearchView[] = [];
    let isMore = false;
    for await (const search of client.everySearch({ ...query, limit: Math.min(200, limit + 1) })) {
      isMore = searches.length >= limit;
      if (isMore) break;
      searches.push(search);
    }
    context.answer(searches, () => {
      if (searches.length === 0)
        return [
          `no searches${status === undefined ? '' : ` are ${status}`}${query.q === undefined ? '' : ` with "${query.q}"`}`,
          `${style.dim('next:')} caviar search create SPEC.json`,
        ];
      return [
        ...searchTable(searches, screen.tableWidth(), style),
        ...(isMore ? [style.dim('there are more: --all, or --limit N')] : []),
      ];
    });
    return EXIT.ok;
  },
};

const show: Command = {
  path: ['search', 'show'],
  summary: 'a search and the top of its leaderboard',
  args: [SEARCH],
  options: { limit: { ...LIMIT, help: 'trials of the board, 10 unless given' } },
  examples: ['caviar search show latest', 'caviar search show srch_... --json | jq .search.best.params'],
  async run(context) {
    const { client, args, flags, io, screen, style } = context;
    const search = await findSearch(context, args['SEARCH'] ?? '');
    const tagged = await client.leaderboard(search.id, { limit: flags.number('limit') ?? 10, signal: io.signal });
    const entries = tagged?.board.entries ?? [];
    context.answer({ search, leaderboard: tagged?.board }, () => [
      searchTitle(search, style),
      ...searchFields(search, screen.width()),
      '',
      ...boardTable(entries, search, { width: screen.tableWidth(), style }),
      ...(search.rounds.length === 0
        ? []
        : [
            '',
            style.bold('Rounds'),
            ...fields(
              search.rounds.map(({ index, reason }) => [String(index + 1), reason]),
              screen.width(),
            ),
          ]),
      '',
      `${style.dim('next:')} ${nextOf(search)}`,
    ]);
    return EXIT.ok;
  },
};

function nextOf({ id, status, best }: SearchView): string {
  if (status === 'running') return `caviar search watch ${id}`;
  if (status === 'paused') return `caviar search resume ${id}`;
  return best === null ? `caviar search export ${id}` : `caviar diagnose ${id}`;
}

const watching: Command = {
  path: ['search', 'watch'],
  summary: 'follow a search live, to its end',
  args: [SEARCH],
  options: { limit: { ...LIMIT, help: 'trials of the board, as many as fit unless given' } },
  examples: ['caviar search watch latest', 'caviar search watch latest --json | jq .progress'],
  run: async (context) => watch(context, await searchId(context, context.args['SEARCH'] ?? '')),
};

const change = (verb: 'pause' | 'resume' | 'cancel', summary: string): Command => ({
  path: ['search', verb],
  summary,
  args: [SEARCH],
  examples: [`caviar search ${verb} latest`],
  async run(context) {
    const { client, args, io, style } = context;
    const id = await searchId(context, args['SEARCH'] ?? '');
    const call = { pause: client.pauseSearch, resume: client.resumeSearch, cancel: client.cancelSearch }[verb];
    const search = await call(id, { signal: io.signal });
    context.answer(search, () => [searchTitle(search, style), `  ${countsText(search.progress)}`]);
    return EXIT.ok;
  },
});

const remove: Command = {
  path: ['search', 'delete'],
  summary: 'delete a search and all it has',
  args: [SEARCH],
  options: { yes: { kind: 'boolean', help: 'needed: it cannot be undone' } },
  examples: ['caviar search delete srch_... --yes'],
  async run(context) {
    const { client, args, flags, io } = context;
    const search = await findSearch(context, args['SEARCH'] ?? '');
    if (!flags.boolean('yes')) {
      context.io.stderr.write(
        `${harmless(search.name)} (${search.id}) with ${search.progress.total} trials would be gone for good. To do it: caviar search delete ${search.id} --yes\n`,
      );
      return EXIT.usage;
    }
    await client.deleteSearch(search.id, { signal: io.signal });
    context.answer({ id: search.id, deleted: true }, () => [`deleted ${search.id}`]);
    return EXIT.ok;
  },
};

const exporting: Command = {
  path: ['search', 'export'],
  summary: 'all trials as CSV or JSON Lines',
  args: [SEARCH],
  options: {
    format: { kind: 'string', value: 'FORMAT', help: 'csv unless given', choices: ['csv', 'jsonl'] },
    output: { kind: 'string', value: 'FILE', short: 'o', help: 'a file instead of standard output' },
  },
  examples: ['caviar search export latest > trials.csv', 'caviar search export latest --format jsonl -o trials.jsonl'],
  async run(context) {
    const { client, args, flags, io } = context;
    const id = await searchId(context, args['SEARCH'] ?? '');
    const format = context.isJson ? 'jsonl' : ((flags.string('format') ?? 'csv') as 'csv' | 'jsonl');
    const body = Readable.fromWeb(
      (await client.exportTrials(id, format, { signal: io.signal })) as ReadableStream<Uint8Array>,
    );
    const file = flags.string('output');
    if (file !== undefined) {
      await pipeline(body, createWriteStream(file), { signal: io.signal });
      io.stderr.write(`wrote ${file}\n`);
      return EXIT.ok;
    }
    const decoder = new TextDecoder();
    for await (const chunk of body) io.stdout.write(decoder.decode(chunk as Uint8Array, { stream: true }));
    return EXIT.ok;
  },
};

export const searchCommands: readonly Command[] = [
  create,
  list,
  show,
  watching,
  change('pause', 'pause it; running trials keep what they have'),
  change('resume', 'let a paused search go on'),
  change('cancel', 'end a search for good'),
  exporting,
  remove,
];
