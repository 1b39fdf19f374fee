import type { SearchDiagnosisView, SearchImportanceView, TrialDiagnosisView } from '@caviar/contracts';
import { bar } from '@caviar/terminal';
import type { Command, Context } from '../command.js';
import { EXIT } from '../exit-code.js';
import { fields, numberText, percentText, timeText, wrap } from '../view/format.js';
import { searchId, trialId } from './find.js';
import { SEARCH } from './searches.js';

const MOST_PAIRS = 5;

const diagnose: Command = {
  path: ['diagnose'],
  summary: 'bias or variance, what to do, and a next search',
  args: [{ name: 'SEARCH', help: 'id of a search or "latest"; or a trial (SEARCH#NUMBER)' }],
  options: {
    'bayes-error': { kind: 'number', value: 'SHARE', help: 'the best error that anyone could have; 0 unless given' },
    next: { kind: 'boolean', help: 'print the next search alone, as a spec to be made' },
  },
  examples: [
    'caviar diagnose latest',
    'caviar diagnose latest --next | caviar search create - --watch',
    'caviar diagnose latest#3',
  ],
  async run(context) {
    const { client, args, flags, io } = context;
    const options = { bayesError: flags.number('bayes-error'), signal: io.signal };
    const text = args['SEARCH'] ?? '';
    if (text.includes('#') || text.startsWith('trl_')) {
      const diagnosis = await client.trialDiagnosis(await trialId(context, text), options);
      context.answer(diagnosis, () => diagnosisLines(context, diagnosis));
      return EXIT.ok;
    }
    const diagnosis = await client.diagnosis(await searchId(context, text), options);
    if (flags.boolean('next')) {
      io.stdout.write(`${JSON.stringify(diagnosis.nextSearch, null, 2)}\n`);
      return EXIT.ok;
    }
    context.answer(diagnosis, () => [...diagnosisLines(context, diagnosis), ...nextLines(context, diagnosis, text)]);
    return EXIT.ok;
  },
};

function diagnosisLines(
  { screen, style: { bold, dim } }: Context,
  diagnosis: TrialDiagnosisView | SearchDiagnosisView,
): string[] {
  const width = screen.width();
  const { verdict, summary, trainError, devError, avoidableBias, variance, bayesError, recipe } = diagnosis;
  const most = Math.max(trainError.value, devError.value, 1e-9);
  const row = (name: string, { value, low, high }: typeof trainError) =>
    `  ${name.padEnd(14)} ${bar(value / most, 20)}  ${numberText(value).padStart(8)}  ${dim(`${numberText(low)} to ${numberText(high)}`)}`;
  return [
    bold(verdict.replaceAll('-', ' ')),
    ...wrap(summary, width - 2).map((line) => `  ${line}`),
    '',
    row('train error', trainError),
    row('dev error', devError),
    row('avoidable bias', avoidableBias),
    row('variance', variance),
    dim(`  95 % intervals; Bayes error ${numberText(bayesError)}`),
    '',
    bold('What to do'),
    ...recipe.flatMap(({ advice, section }, index) =>
      fields([[`${index + 1}.`, `${advice} (section ${section})`]], width),
    ),
  ];
}

function nextLines(
  { screen, style: { bold, dim } }: Context,
  { changes }: SearchDiagnosisView,
  text: string,
): string[] {
  return [
    '',
    bold('The next search'),
    ...changes.flatMap((change) => fields([['·', change]], screen.width())),
    '',
    `${dim('next:')} caviar diagnose ${text} --next | caviar search create - --watch`,
  ];
}

const importance: Command = {
  path: ['search', 'importance'],
  summary: 'which parameters the result depends on',
  args: [SEARCH],
  options: {
    objective: { kind: 'string', value: 'METRIC', help: 'which of several objectives; the first unless given' },
  },
  examples: ['caviar search importance latest'],
  async run(context) {
    const { client, args, flags, io } = context;
    const id = await searchId(context, args['SEARCH'] ?? '');
    const shares = await client.importance(id, { objective: flags.string('objective'), signal: io.signal });
    context.answer(shares, () => importanceLines(context, shares));
    return EXIT.ok;
  },
};

function importanceLines(
  { screen, style: { bold, dim } }: Context,
  { parameters, pairs, rest, fit, trials, trees }: SearchImportanceView,
): string[] {
  const shown = pairs.filter(({ share }) => share >= 0.01).slice(0, MOST_PAIRS);
  const hidden = pairs.filter((pair) => !shown.includes(pair)).reduce((sum, { share }) => sum + share, 0);
  const rows = [...parameters, ...shown.map(({ names, ...pair }) => ({ name: names.join(' with '), ...pair }))];
  const widest = Math.max(...rows.map(({ name }) => name.length), 'the rest'.length);
  const line = (name: string, share: number, spread: number | null) =>
    `  ${name.padEnd(widest)}  ${bar(share, 20)}  ${percentText(share).padStart(7)}${spread === null ? '' : dim(`  ± ${percentText(spread)}`)}`;
  return [
    bold('Share of the variance of the objective'),
    ...rows.map(({ name, share, spread }) => line(name, share, spread)),
    line('the rest', rest + hidden, null),
    ...wrap(
      `from ${trials} trials, ${trees} trees; they predict trials they have not seen with R² ${numberText(fit)}`,
      screen.width() - 2,
    ).map((text) => dim(`  ${text}`)),
    ...(fit < 0.2 ? ['  That is little: the shares mean hardly anything. More trials may help.'] : []),
  ];
}

const testEvaluate: Command = {
  path: ['test-evaluate'],
  summary: 'open the sealed test set for the winner, once',
  args: [SEARCH],
  examples: ['caviar test-evaluate latest'],
  async run(context) {
    const { client, args, io, screen, style } = context;
    const id = await searchId(context, args['SEARCH'] ?? '');
    const evaluation = await client.evaluateTest(id, { signal: io.signal });
    const { number, rows, metrics, evaluatedAt } = evaluation;
    context.answer(evaluation, () => [
      style.bold(`trial ${number} on ${rows} rows that nothing has seen`),
      ...fields(
        Object.entries(metrics).map(([name, value]) => [name, numberText(value)]),
        screen.width(),
      ),
      style.dim(`  opened ${timeText(evaluatedAt)}; to choose again by this figure would make it a dev set`),
    ]);
    return EXIT.ok;
  },
};

export const diagnosisCommands: readonly Command[] = [diagnose, importance, testEvaluate];
