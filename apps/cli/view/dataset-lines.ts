import type { DatasetDetailView } from '@caviar/contracts';
import { type Column, type Style, table } from '@caviar/terminal';
import { fields, numberText } from './format.js';

type Summary = DatasetDetailView['summary'];
type ColumnSummary = Summary['target'];

const MOST_COLUMNS = 30;

/** What is known of a data set: field by field, column by column, and what is suspicious. */
export function datasetLines(
  dataset: DatasetDetailView,
  { width, style: { bold, dim, yellow } }: { readonly width: number; readonly style: Style },
): string[] {
  const {
    name,
    id,
    description,
    task,
    rows,
    features,
    classNames,
    image,
    source,
    licence,
    checksum,
    builtIn,
    testRows,
    summary,
  } = dataset;
  const others = summary.others.map((column) => `${column.name} (${column.role})`).join(', ');
  const columns = [summary.target, ...summary.columns];
  const warnings = columns.flatMap((column) => column.warnings.map((warning) => [column.name, warning] as const));
  return [
    `${bold(name)}  ${dim(id)}`,
    ...fields(
      [
        ...(description === '' ? [] : [['about', description] as const]),
        ['task', task],
        [
          'rows',
          `${rows.toLocaleString('en')}${testRows === undefined ? '' : `, and ${testRows.toLocaleString('en')} of a test part`}`,
        ],
        [
          'features',
          `${features.toLocaleString('en')}${image === null ? '' : `, images of ${image.height} by ${image.width}`}`,
        ],
        ...(classNames === null ? [] : [['classes', classNames.join(', ')] as const]),
        ...(source === '' ? [] : [['source', source] as const]),
        ...(licence === '' ? [] : [['licence', licence] as const]),
        ...(others === '' ? [] : [['no features', others] as const]),
        ['checksum', checksum],
        ['built in', builtIn ? 'yes' : 'no'],
      ],
      width,
    ),
    '',
    ...columnTable(summary, { width, bold }),
    ...(warnings.length === 0 ? [] : ['', bold(yellow('Suspicious')), ...fields(warnings, width)]),
  ];
}

function columnTable(
  summary: Summary,
  { width, bold }: { readonly width: number; readonly bold: Style['bold'] },
): string[] {
  const shown = [summary.target, ...summary.columns.slice(0, MOST_COLUMNS)];
  const columns: readonly Column<ColumnSummary>[] = [
    {
      title: 'column',
      align: 'left',
      cell: (column) => (column === summary.target ? `${column.name} (target)` : column.name),
    },
    { title: 'kind', align: 'left', cell: ({ kind }) => kind },
    { title: 'missing', align: 'right', cell: ({ missing }) => String(missing) },
    { title: 'distinct', align: 'right', cell: ({ distinct }) => (distinct === null ? 'many' : String(distinct)) },
    { title: 'values', align: 'left', cell: valuesText },
  ];
  const [titles = '', ...rows] = table(columns, shown, width);
  const left = summary.columns.length - MOST_COLUMNS;
  return [bold(titles), ...rows, ...(left > 0 ? [`and ${left} more: --json has all`] : [])];
}

function valuesText({ min, max, values = [] }: ColumnSummary): string {
  if (min !== undefined && max !== undefined) return `${numberText(min)} to ${numberText(max)}`;
  return values
    .slice(0, 4)
    .map(({ value }) => value)
    .join(', ');
}
