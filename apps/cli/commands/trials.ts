import type { MeasurementsView, TrialView } from '@caviar/contracts';
import { type Column, table } from '@caviar/terminal';
import type { ArgumentSpec, Command, Context } from '../command.js';
import { InputError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { brailleChart, type Series } from '../view/braille.js';
import { editText } from '../view/edit-text.js';
import { durationText, exactText, fields, numberText, paramText, timeText } from '../view/format.js';
import { emphasised, statusText } from '../view/search-lines.js';
import { searchId, trialId } from './find.js';

const TRIAL_STATUSES = [
  'queued',
  'running',
  'paused',
  'completed',
  'infeasible',
  'pruned',
  'failed',
  'cancelled',
] as const;
export const TRIAL: ArgumentSpec = {
  name: 'TRIAL',
  help: 'id of a trial, SEARCH#NUMBER, or SEARCH#best; SEARCH may be "latest"',
};
const WIDEST_CHART = 110;

const show: Command = {
  path: ['trial', 'show'],
  summary: 'a trial: params, metrics, why it was proposed, how it went',
  args: [TRIAL],
  examples: ['caviar trial show latest#best', 'caviar trial show srch_...#17 --json | jq .trial.params'],
  async run(context) {
    const { client, args, io, style, screen } = context;
    const id = await trialId(context, args['TRIAL'] ?? '');
    const trial = await client.getTrial(id, { signal: io.signal });
    const history = (await client.trialHistory(id, { signal: io.signal })).items;
    const edits = (await client.trialEdits(id, { signal: io.signal })).items;
    const width = screen.width();
    context.answer({ trial, history, edits }, () => [
      `${style.bold(`trial ${trial.number}`)}  ${statusText(trial.status, style)}  ${style.dim(trial.id)}`,
      ...fields(aboutOf(trial), width),
      '',
      style.bold('Params'),
      ...fields(
        Object.entries(trial.params).map(([name, value]) => [name, exactText(value)]),
        width,
      ),
      ...(Object.keys(trial.metrics).length === 0 ? [] : ['', style.bold(`Metrics at step ${trial.step}`)]),
      ...fields(
        Object.entries(trial.metrics).map(([name, value]) => [name, numberText(value)]),
        width,
      ),
      ...(edits.length === 0 ? [] : ['', style.bold('By hand')]),
      ...fields(
        edits.map((each) => [String(each.number), editText(each)]),
        width,
      ),
      '',
      style.bold('History'),
      ...fields(
        history.map(({ at, status, reason, attempt }) => [
          timeText(at),
          `${status}${status === 'running' && attempt > 1 ? `, attempt ${attempt}` : ''}${reason === null ? '' : `: ${reason}`}`,
        ]),
        width,
      ),
      '',
      `${style.dim('next:')} caviar trial curve ${trial.id}`,
    ]);
    return EXIT.ok;
  },
};

function aboutOf({ value, proposal, reason, attempts, workerId, durationMs, searchId }: TrialView): [string, string][] {
  return [
    ['value', numberText(value)],
    ['proposed', proposal],
    ...(reason === null ? [] : [['reason', reason] as [string, string]]),
    ['attempts', `${attempts}${workerId === null ? '' : `, the last on ${workerId}`}`],
    ...(durationMs === null ? [] : [['took', durationText(durationMs)] as [string, string]]),
    ['search', searchId],
  ];
}

const curve: Command = {
  path: ['trial', 'curve'],
  summary: 'the learning curve of a trial, drawn in Braille',
  args: [TRIAL],
  options: {
    metric: {
      kind: 'list',
      value: 'NAME',
      help: 'what to draw; several times for several (the objective, train and dev)',
    },
    beta: { kind: 'number', value: 'B', help: 'smooth over about 1 / (1 - B) steps, bias-corrected' },
    'superseded-by': {
      kind: 'number',
      value: 'N',
      min: 1,
      help: 'what rewind N (see trial show) took out of the curve',
    },
    height: { kind: 'number', value: 'N', min: 2, help: 'lines, 12 unless given' },
  },
  examples: [
    'caviar trial curve latest#best',
    'caviar trial curve latest#3 --metric dev.loss --metric train.loss --beta 0.9',
  ],
  async run(context) {
    const { client, args, flags, io } = context;
    const id = await trialId(context, args['TRIAL'] ?? '');
    const trial = await client.getTrial(id, { signal: io.signal });
    const { items } = await client.measurements(id, {
      maxPoints: 1000,
      beta: flags.number('beta'),
      supersededBy: flags.number('superseded-by'),
      signal: io.signal,
    });
    const names = await metricsOf(context, trial, items);
    context.answer({ trialId: id, items }, () => curveLines(context, { trial, items, names }));
    return EXIT.ok;
  },
};

/** What was asked for, or the objective with its twin on the other part of the data. */
async function metricsOf(
  { client, flags, io }: Context,
  trial: TrialView,
  items: MeasurementsView['items'],
): Promise<readonly string[]> {
  const known = [...new Set(items.flatMap(({ metrics }) => Object.keys(metrics)))];
  const asked = flags.list('metric');
  const unknown = asked.find((name) => known.length > 0 && !known.includes(name));
  if (unknown !== undefined)
    throw new InputError(`the trial has no metric "${unknown}"`, [`it has ${known.join(', ')}`]);
  if (asked.length > 0) return asked;
  const { metric } = (await client.getSearch(trial.searchId, { signal: io.signal })).spec.objective;
  const twin = metric.startsWith('dev.') ? metric.replace('dev.', 'train.') : metric.replace('train.', 'dev.');
  return known.includes(twin) && twin !== metric ? [metric, twin] : [metric];
}

function curveLines(
  { screen, style, flags }: Context,
  {
    trial,
    items,
    names,
  }: { readonly trial: TrialView; readonly items: MeasurementsView['items']; readonly names: readonly string[] },
): string[] {
  const paints = [style.green, style.yellow, style.cyan, style.magenta, style.red];
  const hasColor = style.bold('x') !== 'x';
  const series = names.map(
    (name, index): Series => ({
      label: name,
      points: items.map(({ step, metrics, smoothed }) => [step, (smoothed ?? metrics)[name] ?? null]),
      paint: paints[index % paints.length] ?? style.dim,
    }),
  );
  const size = { width: Math.min(WIDEST_CHART, screen.width()), height: flags.number('height') ?? 12 };
  const title = `${style.bold(`trial ${trial.number}`)}  ${statusText(trial.status, style)}`;
  if (items.length === 0) return [title, 'it has reported nothing yet'];
  // Without colours curves in one picture could not be told apart: each has its own.
  const pictures = hasColor ? [series.toReversed()] : series.map((one) => [one]);
  const last = items.at(-1);
  const legendOf = (shown: readonly Series[]) =>
    shown.map(({ label, paint, points }) => `${paint(`⣀ ${label}`)} ${numberText(points.at(-1)?.[1])}`).join('   ');
  return [
    title,
    ...pictures.flatMap((shown) => [`${legendOf(shown.toReversed())}`, ...brailleChart(shown, size, numberText)]),
    style.dim(`${items.length} points, up to step ${last?.step ?? 0} after ${durationText(last?.elapsedMs ?? null)}`),
  ];
}

const list: Command = {
  path: ['trial', 'list'],
  summary: 'trials of a search, by number',
  args: [{ name: 'SEARCH', help: 'id of a search, or "latest"' }],
  options: {
    status: { kind: 'string', value: 'STATUS', help: 'only these', choices: TRIAL_STATUSES },
    limit: { kind: 'number', value: 'N', min: 1, help: 'how many at most, 20 unless given' },
    all: { kind: 'boolean', help: 'all of them, however many' },
  },
  examples: ['caviar trial list latest --status running', 'caviar trial list latest --all --json | jq -r ".[].id"'],
  async run(context) {
    const { client, args, flags, io, screen, style } = context;
    const id = await searchId(context, args['SEARCH'] ?? '');
    const status = flags.string('status') as TrialView['status'] | undefined;
    const limit = flags.boolean('all') ? Number.POSITIVE_INFINITY : (flags.number('limit') ?? 20);
    const trials: TrialView[] = [];
    let isMore = false;
    for await (const trial of client.everyTrial(id, { status, limit: Math.min(200, limit + 1), signal: io.signal })) {
      isMore = trials.length >= limit;
      if (isMore) break;
      trials.push(trial);
    }
    const names = [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
    const columns: readonly Column<TrialView>[] = [
      { title: 'trial', align: 'right', cell: ({ number }) => String(number) },
      { title: 'id', align: 'left', cell: (trial) => trial.id },
      { title: 'status', align: 'left', cell: (trial) => trial.status },
      { title: 'step', align: 'right', cell: ({ step }) => String(step) },
      { title: 'value', align: 'right', cell: ({ value }) => numberText(value) },
      ...names.map(
        (name): Column<TrialView> => ({ title: name, align: 'right', cell: ({ params }) => paramText(params[name]) }),
      ),
    ];
    context.answer(trials, () => {
      if (trials.length === 0) return [`no trials${status === undefined ? ' yet' : ` are ${status}`}`];
      return [
        ...emphasised(table(columns, trials, screen.tableWidth()), style.bold),
        ...(isMore ? [style.dim('there are more: --all, or --limit N')] : []),
      ];
    });
    return EXIT.ok;
  },
};

export const trialCommands: readonly Command[] = [list, show, curve];
