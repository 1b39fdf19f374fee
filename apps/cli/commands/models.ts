import { writeFileSync } from 'node:fs';
import type { PredictBody, PredictionsView } from '@caviar/contracts';
import { type Column, table } from '@caviar/terminal';
import type { Command, Context } from '../command.js';
import { InputError, UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { numberText, percentText } from '../view/format.js';
import { emphasised } from '../view/search-lines.js';
import { trialId } from './find.js';
import { readInput } from './read-spec.js';
import { TRIAL } from './trials.js';

type Row = PredictBody['rows'][number];
type Prediction = PredictionsView['predictions'][number];

const FORMATS = ['safetensors', 'onnx'] as const;
const MOST_CLASSES = 3;

const model: Command = {
  path: ['trial', 'model'],
  summary: 'take the trained network home as a file',
  args: [TRIAL],
  options: {
    format: { kind: 'string', value: 'FORMAT', help: 'told by the name of the file unless given', choices: FORMATS },
    output: { kind: 'string', value: 'FILE', short: 'o', help: 'the file; trial-NUMBER.safetensors unless given' },
  },
  examples: ['caviar trial model latest#best', 'caviar trial model latest#best -o winner.onnx'],
  async run(context) {
    const { client, args, flags, io } = context;
    const id = await trialId(context, args['TRIAL'] ?? '');
    const named = flags.string('output');
    const format =
      (flags.string('format') as (typeof FORMATS)[number] | undefined) ??
      (named?.endsWith('.onnx') ? 'onnx' : 'safetensors');
    const output = named ?? `trial-${(await client.getTrial(id, { signal: io.signal })).number}.${format}`;
    const bytes = await client.getModel(id, { format, signal: io.signal });
    try {
      writeFileSync(output, bytes);
    } catch (error) {
      throw new InputError(`${output} cannot be written: ${(error as Error).message}`);
    }
    context.answer({ trialId: id, format, file: output, bytes: bytes.length }, () => [
      `wrote ${output}, ${bytes.length.toLocaleString('en')} bytes`,
    ]);
    return EXIT.ok;
  },
};

const predict: Command = {
  path: ['trial', 'predict'],
  summary: 'ask the trained network about a few rows',
  args: [TRIAL, { name: 'FILE', help: 'a JSON list of rows; - for standard input', isOptional: true }],
  options: {
    row: {
      kind: 'list',
      value: 'JSON',
      help: 'a row: a list, or values by name of the column; several times for several',
    },
  },
  examples: [
    'caviar trial predict latest#best --row \'{"age": 39, "workclass": "Private"}\'',
    'caviar trial predict latest#best rows.json --json | jq ".predictions[].label"',
  ],
  async run(context) {
    const { client, args, flags, io, screen, style } = context;
    const rows = await rowsOf(context, args['FILE'], flags.list('row'));
    const id = await trialId(context, args['TRIAL'] ?? '');
    const answer = await client.predict(id, rows, { signal: io.signal });
    const columns: readonly Column<readonly [number, Prediction]>[] = [
      { title: 'row', align: 'right', cell: ([index]) => String(index) },
      {
        title: 'prediction',
        align: 'left',
        cell: ([, each]) => ('label' in each ? each.label : numberText(each.value)),
      },
      { title: '', align: 'left', cell: ([, each]) => ('label' in each ? probabilitiesText(each.probabilities) : '') },
    ];
    context.answer(answer, () =>
      emphasised(table(columns, [...answer.predictions.entries()], screen.tableWidth()), style.bold),
    );
    return EXIT.ok;
  },
};

function probabilitiesText(probabilities: Readonly<Record<string, number>>): string {
  const likely = Object.entries(probabilities).toSorted(([, a], [, b]) => b - a);
  const shown = likely.slice(0, MOST_CLASSES).map(([label, share]) => `${label} ${percentText(share)}`);
  return [...shown, ...(likely.length > MOST_CLASSES ? ['…'] : [])].join(', ');
}

/** Rows of a file and of the command line; what is in them is for the service to check. */
async function rowsOf({ io }: Context, file: string | undefined, given: readonly string[]): Promise<Row[]> {
  const help = 'caviar trial predict --help';
  if (file === undefined && given.length === 0) throw new UsageError('FILE or --row is missing', help);
  const written = given.map((text) => {
    const row = parse(text);
    if (typeof row !== 'object' || row === null)
      throw new UsageError(`--row takes a list or an object as JSON, not ${JSON.stringify(text)}`, help);
    return row as Row;
  });
  if (file === undefined) return written;
  const { name, text } = await readInput({ io }, file);
  const rows = parse(text);
  if (!Array.isArray(rows)) throw new InputError(`${name} must be a JSON list of rows`);
  return [...(rows as Row[]), ...written];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const modelCommands: readonly Command[] = [model, predict];
