import type { SearchEventView, SearchPatchBody } from '@caviar/contracts';
import type { Command } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { eventText } from '../view/event-text.js';
import { searchTitle } from '../view/search-lines.js';
import { findSearch, searchId } from './find.js';
import { paramsOf } from './params-of.js';
import { readObject } from './read-spec.js';
import { SEARCH } from './searches.js';

const KINDS = ['trial', 'measurement', 'search', 'round', 'edit', 'rewind', 'fork'] as const;

const edit: Command = {
  path: ['search', 'edit'],
  summary: 'change its name, notes, trials, parallelism or space',
  args: [SEARCH],
  options: {
    name: { kind: 'string', value: 'NAME', help: 'a new name' },
    notes: { kind: 'string', value: 'TEXT', help: 'for people; "" for none' },
    trials: { kind: 'number', value: 'N', min: 1, help: 'stop.maxTrials; its other stop criteria stay' },
    parallelism: { kind: 'number', value: 'N', min: 1, help: 'trials at the same time' },
    space: { kind: 'string', value: 'FILE', help: 'a new space, or a spec with one, as JSON; for trials to come' },
  },
  examples: ['caviar search edit latest --trials 80', 'caviar search edit latest --notes "second try, wider"'],
  async run(context) {
    const { client, args, flags, io, style } = context;
    const search = await findSearch(context, args['SEARCH'] ?? '');
    const [name, notes, trials] = [flags.string('name'), flags.string('notes'), flags.number('trials')];
    const [parallelism, space] = [flags.number('parallelism'), flags.string('space')];
    const patch: SearchPatchBody = {
      ...(name !== undefined && { name }),
      ...(notes !== undefined && { notes: notes === '' ? null : notes }),
      ...(trials !== undefined && { stop: { ...search.spec.stop, maxTrials: trials } }),
      ...(parallelism !== undefined && { parallelism }),
      ...(space !== undefined && {
        space: spaceOf(await readObject(context, space, 'no space: it must be an object with a domain per name')),
      }),
    };
    if (Object.keys(patch).length === 0)
      throw new UsageError('nothing would change: give an option', 'caviar search edit --help');
    const changed = await client.patchSearch(search.id, patch, { signal: io.signal });
    const isToResume = trials !== undefined && changed.status === 'completed';
    context.answer(changed, () => [
      searchTitle(changed, style),
      `${style.dim('next:')} caviar search ${isToResume ? 'resume' : 'show'} ${changed.id}`,
    ]);
    return EXIT.ok;
  },
};

/** The file may hold the space alone, or a spec that has one. */
function spaceOf(content: Readonly<Record<string, unknown>>): NonNullable<SearchPatchBody['space']> {
  const space = 'trainer' in content && 'space' in content ? content['space'] : content;
  return space as NonNullable<SearchPatchBody['space']>;
}

const add: Command = {
  path: ['search', 'add'],
  summary: 'add a trial with params of your choice',
  args: [SEARCH],
  options: {
    param: { kind: 'list', value: 'NAME=VALUE', short: 'p', help: 'a value; one for each parameter of the space' },
  },
  examples: ['caviar search add latest -p learningRate=0.003 -p hiddenUnits=64'],
  async run(context) {
    const { client, args, flags, io, style } = context;
    const params = paramsOf(flags.list('param'), 'caviar search add --help');
    const id = await searchId(context, args['SEARCH'] ?? '');
    const added = await client.addTrials(id, { trials: [{ params }] }, { signal: io.signal });
    context.answer(added.items, () =>
      added.items.flatMap(({ number, status, id: trial }) => [
        `trial ${number}  ${status}  ${style.dim(trial)}`,
        `${style.dim('next:')} caviar trial show ${trial}`,
      ]),
    );
    return EXIT.ok;
  },
};

const spec: Command = {
  path: ['search', 'spec'],
  summary: 'its spec as JSON, to be changed and made again',
  args: [SEARCH],
  examples: ['caviar search spec latest > spec.json', 'caviar search spec latest | caviar search create - --seed 2'],
  async run(context) {
    const search = await findSearch(context, context.args['SEARCH'] ?? '');
    context.io.stdout.write(`${JSON.stringify(search.spec, null, 2)}\n`);
    return EXIT.ok;
  },
};

const events: Command = {
  path: ['search', 'events'],
  summary: 'what happens in a search, line by line, to its end',
  args: [SEARCH],
  options: {
    after: { kind: 'string', value: 'ID', help: 'begin after that event; 0 for the first; from now on unless given' },
    kind: { kind: 'list', value: 'KIND', help: `only these: ${KINDS.join(', ')}; several times for several` },
  },
  examples: [
    'caviar search events latest --after 0',
    'caviar search events latest --kind trial --json | jq -r .event.status',
  ],
  async run(context) {
    const { client, args, flags, io, isJson } = context;
    const kinds = flags.list('kind');
    const odd = kinds.find((kind) => !(KINDS as readonly string[]).includes(kind));
    if (odd !== undefined)
      throw new UsageError(`--kind must be one of ${KINDS.join(', ')}, not "${odd}"`, 'caviar search events --help');
    const id = await searchId(context, args['SEARCH'] ?? '');
    const show = (event: SearchEventView) => kinds.length === 0 || kinds.includes(event.kind);
    for await (const followed of client.followEvents(id, { after: flags.string('after'), signal: io.signal })) {
      if (!show(followed.event)) continue;
      const text = isJson ? JSON.stringify(followed) : eventText(followed.event);
      io.stdout.write(`${text}\n`);
    }
    return EXIT.ok;
  },
};

export const searchChangeCommands: readonly Command[] = [edit, add, spec, events];
