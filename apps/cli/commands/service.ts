import { everyItem } from '@caviar/client';
import type { ApiKeyView, WorkerView } from '@caviar/contracts';
import { type Column, table } from '@caviar/terminal';
import type { Command } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { agoText, timeText } from '../view/format.js';
import { emphasised, statusText } from '../view/search-lines.js';

const ROLES = ['read', 'submit', 'admin'] as const;

const up: Command = {
  path: ['up'],
  summary: 'start the service here, until Ctrl-C',
  options: {
    port: { kind: 'number', value: 'N', help: '3000 unless given; 0 picks a free one (PORT)' },
    workers: { kind: 'number', value: 'N', help: 'worker processes, as many as cores unless given (CAVIAR_WORKERS)' },
  },
  examples: ['caviar up', 'caviar up --port 0 --workers 2'],
  async run({ flags, io }) {
    const env: Record<string, string> = {};
    for (const [name, variable] of [
      ['port', 'PORT'],
      ['workers', 'CAVIAR_WORKERS'],
    ] as const) {
      const value = flags.number(name);
      if (value === undefined) continue;
      if (!Number.isInteger(value) || value < 0)
        throw new UsageError(`--${name} must be a whole number from 0`, 'caviar up --help');
      env[variable] = String(value);
    }
    return io.startService(env);
  },
};

const status: Command = {
  path: ['status'],
  summary: 'whether the service answers, and with what',
  examples: ['caviar status', 'caviar status --json | jq -e \'.status == "ok"\''],
  async run(context) {
    const { client, io, settings, style } = context;
    const readiness = await client.readiness({ signal: io.signal });
    context.answer({ url: settings.url, ...readiness }, () => [
      `${style.bold(settings.url)}  ${readiness.status === 'ok' ? style.green('ready') : style.red('not ready')}`,
      ...Object.entries(readiness.checks).map(
        ([name, state]) => `  ${name.padEnd(9)} ${state === 'ok' ? state : style.red(state)}`,
      ),
    ]);
    return readiness.status === 'ok' ? EXIT.ok : EXIT.unreachable;
  },
};

const workers: Command = {
  path: ['worker', 'list'],
  summary: 'worker processes and what they train',
  examples: ['caviar worker list'],
  async run(context) {
    const { client, io, screen, style } = context;
    const items: WorkerView[] = [];
    for await (const worker of everyItem((cursor) => client.listWorkers({ limit: 200, cursor, signal: io.signal })))
      items.push(worker);
    const columns: readonly Column<WorkerView>[] = [
      { title: 'id', align: 'left', cell: ({ id }) => id },
      {
        title: 'status',
        align: 'left',
        cell: (worker) => (worker.quarantine === null ? worker.status : 'quarantined'),
      },
      { title: 'trials', align: 'right', cell: ({ trials, concurrency }) => `${trials.length}/${concurrency}` },
      { title: 'seen', align: 'left', cell: ({ lastSeenAt }) => agoText(lastSeenAt) },
      { title: 'host', align: 'left', cell: ({ host, pid }) => `${host}:${pid}` },
      { title: 'up since', align: 'left', cell: ({ startedAt }) => timeText(startedAt) },
      {
        title: 'training',
        align: 'left',
        cell: ({ trials }) => trials.map(({ searchId, number, step }) => `${searchId}#${number} at ${step}`).join(', '),
      },
    ];
    context.answer(items, () =>
      items.length === 0
        ? ['no worker has been heard of for a day', `${style.dim('next:')} caviar up`]
        : emphasised(table(columns, items, screen.tableWidth()), style.bold),
    );
    return EXIT.ok;
  },
};

const releaseWorker: Command = {
  path: ['worker', 'release'],
  summary: "lift the quarantine of a worker's machine",
  args: [{ name: 'WORKER', help: 'its id' }],
  examples: ['caviar worker release wrk_...'],
  async run(context) {
    const { client, args, io } = context;
    const id = args['WORKER'] ?? '';
    await client.releaseWorker(id, { signal: io.signal });
    context.answer({ id, released: true }, () => [`the machine of ${id} may take trials`]);
    return EXIT.ok;
  },
};

const createKey: Command = {
  path: ['key', 'create'],
  summary: 'make an API key; it is shown this once',
  args: [{ name: 'NAME', help: 'who or what uses it' }],
  options: {
    role: { kind: 'string', value: 'ROLE', help: 'submit unless given', choices: ROLES },
    project: { kind: 'string', value: 'NAME', help: 'whose searches it sees; default unless given' },
  },
  examples: [
    'caviar key create "nightly runs" --project vision',
    'caviar key create ci --role read --json | jq -r .key',
  ],
  async run(context) {
    const { client, args, flags, io, style } = context;
    const made = await client.createKey(
      {
        name: args['NAME'] ?? '',
        role: flags.string('role') as (typeof ROLES)[number] | undefined,
        project: flags.string('project'),
      },
      { signal: io.signal },
    );
    context.answer(made, () => [
      `${style.bold(made.name)}  ${made.role} in project ${made.project}  ${style.dim(made.id)}`,
      `  ${style.bold(made.key)}`,
      style.dim('  This is the only copy: the service keeps a digest.'),
    ]);
    return EXIT.ok;
  },
};

const listKeys: Command = {
  path: ['key', 'list'],
  summary: 'API keys, newest first',
  examples: ['caviar key list'],
  async run(context) {
    const { client, io, screen, style } = context;
    const items: ApiKeyView[] = [];
    for await (const key of everyItem((cursor) => client.listKeys({ limit: 200, cursor, signal: io.signal })))
      items.push(key);
    const columns: readonly Column<ApiKeyView>[] = [
      { title: 'id', align: 'left', cell: ({ id }) => id },
      { title: 'status', align: 'left', cell: ({ revokedAt }) => (revokedAt === null ? 'active' : 'revoked') },
      { title: 'role', align: 'left', cell: ({ role }) => role },
      { title: 'project', align: 'left', cell: ({ project }) => project },
      { title: 'used', align: 'left', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : agoText(lastUsedAt)) },
      { title: 'name', align: 'left', cell: ({ name }) => name },
    ];
    context.answer(items, () =>
      items.length === 0
        ? ['no keys but those of CAVIAR_API_KEYS', `${style.dim('next:')} caviar key create NAME`]
        : emphasised(table(columns, items, screen.tableWidth()), style.bold),
    );
    return EXIT.ok;
  },
};

const revokeKey: Command = {
  path: ['key', 'revoke'],
  summary: 'revoke an API key for good',
  args: [{ name: 'KEY_ID', help: 'its id, not the key itself' }],
  examples: ['caviar key revoke key_...'],
  async run(context) {
    const { client, args, io, style } = context;
    const key = await client.revokeKey(args['KEY_ID'] ?? '', { signal: io.signal });
    context.answer(key, () => [`${style.bold(key.name)}  ${statusText('revoked', style)}  ${style.dim(key.id)}`]);
    return EXIT.ok;
  },
};

export const serviceCommands: readonly Command[] = [up, status, workers, releaseWorker, createKey, listKeys, revokeKey];
