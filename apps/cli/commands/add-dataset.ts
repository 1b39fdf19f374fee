import { openAsBlob, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatasetPart } from '@caviar/client';
import type { DatasetMetaBody } from '@caviar/contracts';
import type { Command, Context, Flags } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { unreadable } from '../read-text.js';
import { datasetLines } from '../view/dataset-lines.js';

const HELP = 'caviar dataset add --help';
const FORMATS = ['csv', 'parquet', 'arrow', 'npy', 'npz', 'idx'] as const;
type Format = (typeof FORMATS)[number];

/** Formats by how names of files end, `.gz` aside. */
const BY_ENDING: Readonly<Record<string, Format>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  data: 'csv',
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  feather: 'arrow',
  npy: 'npy',
  npz: 'npz',
  idx: 'idx',
  'idx1-ubyte': 'idx',
  'idx3-ubyte': 'idx',
};

/** Options that name a file, and the part of the upload that it is. */
const PARTS: readonly (readonly [option: string, part: DatasetPart])[] = [
  ['features', 'features'],
  ['labels', 'labels'],
  ['test-features', 'testFeatures'],
  ['test-labels', 'testLabels'],
];

export const addDataset: Command = {
  path: ['dataset', 'add'],
  summary: 'upload a data set of your own',
  args: [
    {
      name: 'FILE',
      help: 'a table (CSV, Parquet, Arrow) or NPZ file, also gzipped; not for npy and idx',
      isOptional: true,
    },
  ],
  options: {
    name: { kind: 'string', value: 'NAME', help: 'what specs call it; the name of the file unless given' },
    format: { kind: 'string', value: 'FORMAT', help: 'told by the name of the file unless given', choices: FORMATS },
    target: { kind: 'string', value: 'COLUMN', help: 'name or number (from 0) of the target; the last unless given' },
    task: { kind: 'string', value: 'TASK', help: 'found out unless given', choices: ['classification', 'regression'] },
    column: { kind: 'list', value: 'NAME=ROLE', help: 'target, numeric, categorical, ignore, group, source or test' },
    header: {
      kind: 'boolean',
      help: 'the first line names the columns, or not with --no-header; found out unless given',
    },
    delimiter: { kind: 'string', value: 'CHAR', help: 'between fields of a CSV file; found out unless given' },
    test: { kind: 'string', value: 'FILE', help: 'a test part of its own, in the same format' },
    features: { kind: 'string', value: 'FILE', help: 'npy and idx: rows' },
    labels: { kind: 'string', value: 'FILE', help: 'npy and idx: one number per row' },
    'test-features': { kind: 'string', value: 'FILE', help: 'npy and idx: rows of a test part' },
    'test-labels': { kind: 'string', value: 'FILE', help: 'npy and idx: its numbers' },
    description: { kind: 'string', value: 'TEXT', help: 'for people' },
    source: { kind: 'string', value: 'TEXT', help: 'where it comes from' },
    licence: { kind: 'string', value: 'TEXT', help: 'what may be done with it' },
  },
  examples: [
    'caviar dataset add wine.csv --target quality --column id=ignore',
    'caviar dataset add train.csv.gz --test test.csv.gz --name adult',
    'caviar dataset add --features x.npy --labels y.npy --name mine',
  ],
  async run(context) {
    const { client, io, screen, style } = context;
    const { meta, paths } = uploadOf(context);
    const files: Partial<Record<DatasetPart, Blob[]>> = {};
    for (const { part, path } of paths) files[part] = [...(files[part] ?? []), await open(path)];
    const dataset = await client.createDataset(meta, files, { signal: io.signal });
    context.answer(dataset, () => [
      ...datasetLines(dataset, { width: screen.width(), style }),
      '',
      ...(dataset.name === meta.name
        ? []
        : [`The same content was there already, as ${dataset.name}: there is none by the name ${meta.name}.`, '']),
      `${style.dim('next:')} a search with "trainer": { "kind": "mlp", "dataset": "${dataset.name}" }`,
    ]);
    return EXIT.ok;
  },
};

interface Upload {
  readonly meta: DatasetMetaBody;
  readonly paths: readonly { readonly part: DatasetPart; readonly path: string }[];
}

function uploadOf({ args, flags }: Context): Upload {
  const [file, test] = [args['FILE'], flags.string('test')];
  const arrays = PARTS.flatMap(([option, part]) => {
    const path = flags.string(option);
    return path === undefined ? [] : [{ part, path }];
  });
  if (file === undefined && arrays.length === 0) throw new UsageError('FILE is missing', HELP);
  if (file !== undefined && arrays.length > 0)
    throw new UsageError('give FILE, or --features and --labels, not both', HELP);
  if (test !== undefined && file === undefined)
    throw new UsageError('--test goes with FILE: --test-features is for arrays', HELP);
  const tables = [file, test].flatMap((path) => (path === undefined ? [] : [{ part: 'file' as const, path }]));
  const first = file ?? arrays[0]?.path ?? '';
  return { meta: metaOf(flags, first), paths: [...tables, ...arrays] };
}

function metaOf(flags: Flags, first: string): DatasetMetaBody {
  const bare = basename(first).replace(/\.gz$/i, '');
  const [, stem = bare, ending = ''] = /^(.*?)[.-]([^.]+)$/.exec(bare) ?? [];
  const format = (flags.string('format') as Format | undefined) ?? BY_ENDING[ending.toLowerCase()];
  if (statSync(first, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${first} is a folder: name a file`, HELP);
  if (format === undefined) throw new UsageError(`--format is needed: the name ${bare} does not tell it`, HELP);
  const target = flags.string('target');
  const columns = Object.fromEntries(flags.list('column').map(roleOf));
  return definedOnly({
    name: flags.string('name') ?? stem,
    format,
    target: target !== undefined && /^\d+$/.test(target) ? Number(target) : target,
    task: flags.string('task'),
    header: flags.given('header') ? flags.boolean('header') : undefined,
    delimiter: flags.string('delimiter')?.replace('\\t', '\t'),
    columns,
    description: flags.string('description'),
    source: flags.string('source'),
    licence: flags.string('licence'),
  }) as unknown as DatasetMetaBody;
}

/** Names of columns may have an equals sign; roles have none. */
function roleOf(text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new UsageError(`--column takes NAME=ROLE, not "${text}"`, HELP);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function open(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (error) {
    // openAsBlob says of whatever it cannot open that its argument is wrong.
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreadable(path, { code: code === 'ERR_INVALID_ARG_VALUE' ? 'ENOENT' : code, message });
  }
}

function definedOnly(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
