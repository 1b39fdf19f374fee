import { everyItem } from '@caviar/client';
import type { DatasetView, GradientCheckView } from '@caviar/contracts';
import { type Column, fit, table } from '@caviar/terminal';
import type { Command, Context } from '../command.js';
import { EXIT } from '../exit-code.js';
import { datasetLines } from '../view/dataset-lines.js';
import { fields, wrap } from '../view/format.js';
import { emphasised } from '../view/search-lines.js';
import { addDataset } from './add-dataset.js';
import { paramsOf } from './params-of.js';

const list: Command = {
  path: ['dataset', 'list'],
  summary: 'data sets to train on',
  examples: ['caviar dataset list', 'caviar dataset list --json | jq -r ".[].id"'],
  async run(context) {
    const { client, io, screen, style } = context;
    const items: DatasetView[] = [];
    for await (const dataset of everyItem((cursor) => client.listDatasets({ limit: 200, cursor, signal: io.signal })))
      items.push(dataset);
    const columns: readonly Column<DatasetView>[] = [
      { title: 'id', align: 'left', cell: ({ id }) => id },
      { title: 'task', align: 'left', cell: ({ task, classes }) => (classes === null ? task : `${classes} classes`) },
      { title: 'rows', align: 'right', cell: ({ rows }) => rows.toLocaleString('en') },
      { title: 'features', align: 'right', cell: ({ features }) => features.toLocaleString('en') },
      {
        title: '',
        align: 'left',
        cell: ({ id, name, description }) => (name === id ? description : `${name} ${description}`.trim()),
      },
    ];
    // The last column is prose: cut, rather than left out.
    const lines = () => table(columns, items, Number.POSITIVE_INFINITY).map((line) => fit(line, screen.tableWidth()));
    context.answer(items, () => emphasised(lines(), style.bold));
    return EXIT.ok;
  },
};

const show: Command = {
  path: ['dataset', 'show'],
  summary: 'what is known of a data set',
  args: [{ name: 'DATASET', help: 'its id or name' }],
  examples: ['caviar dataset show digits'],
  async run(context) {
    const { client, args, io, screen, style } = context;
    const dataset = await client.getDataset(args['DATASET'] ?? '', { signal: io.signal });
    context.answer(dataset, () => datasetLines(dataset, { width: screen.width(), style }));
    return EXIT.ok;
  },
};

const remove: Command = {
  path: ['dataset', 'delete'],
  summary: 'delete a data set that was uploaded',
  args: [{ name: 'DATASET', help: 'its id or name' }],
  examples: ['caviar dataset delete ds_...'],
  async run(context) {
    const { client, args, io } = context;
    const id = args['DATASET'] ?? '';
    await client.deleteDataset(id, { signal: io.signal });
    context.answer({ id, deleted: true }, () => [`deleted ${id}`]);
    return EXIT.ok;
  },
};

const trainers: Command = {
  path: ['trainer', 'list'],
  summary: 'what can train, with the params that it takes',
  examples: ['caviar trainer list', 'caviar trainer list --json | jq -r ".[0].parameters[].name"'],
  async run(context) {
    const { client, io, screen, style } = context;
    const { items } = await client.listTrainers({ limit: 200, signal: io.signal });
    context.answer(items, () =>
      items.flatMap(({ kind, description, parameters }, index) => [
        ...(index === 0 ? [] : ['']),
        style.bold(kind),
        ...wrap(description, screen.width() - 2).map((line) => `  ${line}`),
        ...fields(
          parameters.map(({ name, description: text, changeable }) => [
            name,
            `${text}${changeable === true ? ' Changeable while a trial runs.' : ''}`,
          ]),
          screen.width(),
        ),
      ]),
    );
    return EXIT.ok;
  },
};

const gradcheck: Command = {
  path: ['gradcheck'],
  summary: 'compare gradients with two-sided differences',
  args: [{ name: 'DATASET', help: 'id of a data set' }],
  options: {
    param: {
      kind: 'list',
      value: 'NAME=VALUE',
      short: 'p',
      help: 'a hyperparameter of the network; several times for several',
    },
    epochs: { kind: 'number', value: 'N', help: 'check again after so many epochs of training' },
    examples: { kind: 'number', value: 'N', help: 'training examples that the loss is computed on' },
    seed: { kind: 'number', value: 'N', help: 'of first weights and order' },
  },
  examples: [
    'caviar gradcheck digits -p hiddenUnits=8 -p activation=tanh',
    'caviar gradcheck digits -p hiddenUnits=[8,4] -p batchNorm=true',
  ],
  async run(context) {
    const { client, args, flags, io } = context;
    const body = {
      dataset: args['DATASET'] ?? '',
      params: paramsOf(flags.list('param'), 'caviar gradcheck --help'),
      epochs: flags.number('epochs'),
      examples: flags.number('examples'),
      seed: flags.number('seed'),
    };
    const report = await client.checkGradients(body, { signal: io.signal });
    context.answer(report, () => reportLines(context, report));
    return report.verdict === 'wrong' ? EXIT.bad : EXIT.ok;
  },
};

function reportLines({ style, screen }: Context, { verdict, parameters, checks }: GradientCheckView): string[] {
  const paint = { great: style.green, okay: style.yellow, wrong: style.red };
  type Layer = GradientCheckView['checks'][number]['layers'][number];
  const columns: readonly Column<Layer>[] = [
    { title: 'layer', align: 'right', cell: ({ layer }) => String(layer) },
    { title: 'part', align: 'left', cell: ({ part }) => part },
    { title: 'parameters', align: 'right', cell: ({ count }) => String(count) },
    { title: 'error', align: 'right', cell: ({ relativeError }) => relativeError.toExponential(1) },
    { title: 'verdict', align: 'left', cell: (layer) => layer.verdict },
    { title: '', align: 'left', cell: ({ kinks }) => (kinks === 0 ? '' : `${kinks} at a kink left out`) },
  ];
  return [
    `${style.bold(paint[verdict](verdict))}: ${parameters} parameters checked one by one`,
    ...checks.flatMap(({ epochs, relativeError, epsilon, examples, layers, verdict: single }) => [
      '',
      `${style.bold(epochs === 0 ? 'At the random initialisation' : `After ${epochs} epochs of training`)}  ${paint[single](single)}  ${style.dim(`error ${relativeError.toExponential(1)}, epsilon ${epsilon}, ${examples} examples`)}`,
      ...table(columns, layers, screen.width() - 2).map((line) => `  ${line}`),
    ]),
  ];
}

export const dataCommands: readonly Command[] = [list, show, addDataset, remove, trainers, gradcheck];
