import type { MeasurementsView, TrialEditView, TrialView } from '@caviar/contracts';
import type { ArgumentSpec, Command, Context } from '../command.js';
import { InputError, UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { brailleChart, type Series } from '../view/braille.js';
import { durationText, fields, numberText, paramText } from '../view/format.js';
import { statusText } from '../view/search-lines.js';
import { trialId } from './find.js';
import { paramsOf } from './params-of.js';

const TRIAL: ArgumentSpec = {
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
        Object.entries(trial.params).map(([name, value]) => [name, paramText(value)]),
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
          at.slice(0, 19).replace('T', ' '),
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
    height: { kind: 'number', value: 'N', min: 2, help: 'lines, 12 unless given' },
  },
  examples: [
    'caviar trial curve latest#best',
    'caviar trial curve latest#3 --metric dev.loss --metric train.loss --beta 0.9',
  ],
  async run(context) {
    const { client, args, flags, io } = context;
    const id = await trialId(context, args['TRIAL'] ?? '');
    const [trial, beta] = [await client.getTrial(id, { signal: io.signal }), flags.number('beta')];
    const { items } = await client.measurements(id, { maxPoints: 1000, beta, signal: io.signal });
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

function editText({ kind, state, step, params, previous, by, reason }: TrialEditView): string {
  const what =
    kind === 'rewind'
      ? 'rewound'
      : Object.entries(params)
          .map(([name, value]) => `${name} from ${paramText(previous[name])} to ${paramText(value)}`)
          .join(', ');
  const at = step === null ? '' : kind === 'rewind' ? ` to step ${step}` : ` after step ${step}`;
  return `${what}${at}, ${state}, by ${by}${reason === null ? '' : `: ${reason}`}`;
}

const cancel: Command = {
  path: ['trial', 'cancel'],
  summary: 'stop one trial',
  args: [TRIAL],
  examples: ['caviar trial cancel latest#7'],
  async run(context) {
    const { client, args, io, style } = context;
    const trial = await client.cancelTrial(await trialId(context, args['TRIAL'] ?? ''), { signal: io.signal });
    const wait = trial.endedAt === null ? ', stops at its next step' : '';
    context.answer(trial, () => [
      `trial ${trial.number}  ${statusText(trial.status, style)}${wait}  ${style.dim(trial.id)}`,
    ]);
    return EXIT.ok;
  },
};

export const trialCommands: readonly Command[] = [show, curve, edit, cancel];
