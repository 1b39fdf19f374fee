import type { ForkBody, TrialView } from '@caviar/contracts';
import type { Command, Context } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { editText } from '../view/edit-text.js';
import { searchTitle, statusText } from '../view/search-lines.js';
import { trialId } from './find.js';
import { paramsOf } from './params-of.js';
import { TRIAL } from './trials.js';
import { watch } from './watch.js';

// The course's panda: one trial, looked after by hand.

const edit: Command = {
  path: ['trial', 'edit'],
  summary: 'change params of a running trial by hand (panda)',
  args: [TRIAL],
  options: {
    param: { kind: 'list', value: 'NAME=VALUE', short: 'p', help: 'a new value; several times for several' },
  },
  examples: [
    'caviar trial edit latest#3 -p learningRate=0.0005',
    'caviar trial edit latest#3 -p l2=0.01 -p keepProb=0.8',
  ],
  async run(context) {
    const { client, args, flags, io, style } = context;
    const help = 'caviar trial edit --help';
    const params = paramsOf(flags.list('param'), help);
    if (Object.keys(params).length === 0) throw new UsageError('--param is missing: nothing would change', help);
    const id = await trialId(context, args['TRIAL'] ?? '');
    const made = await client.editTrial(id, params, { signal: io.signal });
    context.answer(made, () => [editText(made), `${style.dim('next:')} caviar trial show ${id}`]);
    return EXIT.ok;
  },
};

const rewind: Command = {
  path: ['trial', 'rewind'],
  summary: 'take a trial back to an earlier step, and on from there',
  args: [TRIAL, { name: 'STEP', help: 'a step that was measured, or 0 for the beginning' }],
  examples: ['caviar trial rewind latest#3 12'],
  async run(context) {
    const { client, args, io } = context;
    const step = Number(args['STEP']);
    if (!/^\d+$/.test(args['STEP'] ?? ''))
      throw new UsageError(`STEP must be a whole number from 0, not "${args['STEP']}"`, 'caviar trial rewind --help');
    const trial = await client.rewindTrial(await trialId(context, args['TRIAL'] ?? ''), step, { signal: io.signal });
    answerTrial(context, trial, `goes on from step ${step}`);
    return EXIT.ok;
  },
};

const fork: Command = {
  path: ['trial', 'fork'],
  summary: 'make a search around what a trial has now',
  args: [TRIAL],
  options: {
    name: { kind: 'string', value: 'NAME', help: 'of the new search' },
    trials: { kind: 'number', value: 'N', min: 1, help: 'how many, 20 unless given' },
    width: { kind: 'number', value: 'SHARE', help: 'of each range that is searched, 0.25 unless given' },
    seed: { kind: 'number', value: 'N', help: 'instead of the seed of the search that the trial is of' },
    parallelism: { kind: 'number', value: 'N', min: 1, help: 'trials at the same time' },
    watch: { kind: 'boolean', help: 'follow the new search to its end' },
    'idempotency-key': { kind: 'string', value: 'KEY', help: 'the same key and fork make one search' },
  },
  examples: ['caviar trial fork latest#best --watch', 'caviar trial fork latest#3 --trials 40 --width 0.1'],
  async run(context) {
    const { client, args, flags, io, style } = context;
    const [trials, idempotencyKey] = [flags.number('trials'), flags.string('idempotency-key')];
    const body: ForkBody = {
      name: flags.string('name'),
      width: flags.number('width'),
      seed: flags.number('seed'),
      parallelism: flags.number('parallelism'),
      ...(trials !== undefined && { stop: { maxTrials: trials } }),
    };
    const id = await trialId(context, args['TRIAL'] ?? '');
    const search = await client.forkTrial(id, body, { idempotencyKey, signal: io.signal });
    if (flags.boolean('watch')) return watch(context, search.id);
    context.answer(search, () => [
      searchTitle(search, style),
      `${style.dim('next:')} caviar search watch ${search.id}`,
    ]);
    return EXIT.ok;
  },
};

const change = (verb: 'pause' | 'resume' | 'cancel', summary: string): Command => ({
  path: ['trial', verb],
  summary,
  args: [TRIAL],
  examples: [`caviar trial ${verb} latest#7`],
  async run(context) {
    const { client, args, io } = context;
    const id = await trialId(context, args['TRIAL'] ?? '');
    const call = { pause: client.pauseTrial, resume: client.resumeTrial, cancel: client.cancelTrial }[verb];
    const trial = await call(id, { signal: io.signal });
    const isStopping = verb !== 'resume' && trial.status === 'running';
    answerTrial(context, trial, isStopping ? `${verb}s at its next step` : null);
    return EXIT.ok;
  },
});

function answerTrial(context: Context, trial: TrialView, more: string | null): void {
  const { style } = context;
  context.answer(trial, () => [
    `trial ${trial.number}  ${statusText(trial.status, style)}${more === null ? '' : `, ${more}`}  ${style.dim(trial.id)}`,
    `${style.dim('next:')} caviar trial show ${trial.id}`,
  ]);
}

export const pandaCommands: readonly Command[] = [
  edit,
  rewind,
  fork,
  change('pause', 'have one trial wait, its search going on'),
  change('resume', 'let a paused trial go on'),
  change('cancel', 'stop one trial'),
];
