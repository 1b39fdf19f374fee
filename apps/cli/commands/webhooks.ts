import type { WebhookView } from '@caviar/contracts';
import { type Column, table } from '@caviar/terminal';
import type { Command } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { emphasised } from '../view/search-lines.js';
import { searchId } from './find.js';
import { SEARCH } from './searches.js';

const EVENTS = ['search.completed', 'search.failed', 'trial.best'] as const;

const create: Command = {
  path: ['webhook', 'create'],
  summary: 'have a URL told of a search',
  args: [SEARCH, { name: 'URL', help: 'where notices are posted' }],
  options: { event: { kind: 'list', value: 'EVENT', help: `${EVENTS.join(', ')}; all unless given` } },
  examples: ['caviar webhook create latest https://hooks.example.com/caviar --event search.completed'],
  async run(context) {
    const { client, args, flags, io, style } = context;
    const events = flags.list('event');
    const odd = events.find((event) => !(EVENTS as readonly string[]).includes(event));
    if (odd !== undefined)
      throw new UsageError(`--event must be one of ${EVENTS.join(', ')}, not "${odd}"`, 'caviar webhook create --help');
    const made = await client.createWebhook(
      await searchId(context, args['SEARCH'] ?? ''),
      { url: args['URL'] ?? '', events: events.length === 0 ? undefined : (events as WebhookView['events']) },
      { signal: io.signal },
    );
    context.answer(made, () => [
      `${style.bold(made.url)}  ${made.events.join(', ')}  ${style.dim(made.id)}`,
      `  ${style.bold(made.secret)}`,
      style.dim('  Notices are signed with it. This is the only copy.'),
    ]);
    return EXIT.ok;
  },
};

const list: Command = {
  path: ['webhook', 'list'],
  summary: 'who is told of a search',
  args: [SEARCH],
  examples: ['caviar webhook list latest'],
  async run(context) {
    const { client, args, io, screen, style } = context;
    const id = await searchId(context, args['SEARCH'] ?? '');
    const { items } = await client.listWebhooks(id, { signal: io.signal });
    const columns: readonly Column<WebhookView>[] = [
      { title: 'id', align: 'left', cell: (webhook) => webhook.id },
      { title: 'status', align: 'left', cell: ({ status }) => status },
      { title: 'url', align: 'left', cell: ({ url }) => url },
      { title: 'events', align: 'left', cell: ({ events }) => events.join(', ') },
      { title: 'last failure', align: 'left', cell: ({ reason }) => reason ?? '' },
    ];
    context.answer(items, () =>
      items.length === 0
        ? ['nobody is told of it', `${style.dim('next:')} caviar webhook create ${id} URL`]
        : emphasised(table(columns, items, screen.tableWidth()), style.bold),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  path: ['webhook', 'delete'],
  summary: 'stop telling somebody',
  args: [{ name: 'WEBHOOK', help: 'its id' }],
  examples: ['caviar webhook delete whk_...'],
  async run(context) {
    const { client, args, io } = context;
    const id = args['WEBHOOK'] ?? '';
    await client.deleteWebhook(id, { signal: io.signal });
    context.answer({ id, deleted: true }, () => [`deleted ${id}`]);
    return EXIT.ok;
  },
};

export const webhookCommands: readonly Command[] = [create, list, remove];
