import type { DatasetDetailView, DatasetView as WireDataset } from '@caviar/contracts';
import type { DatasetView, SummarizedDataset } from '@caviar/orchestrator';
import type { ColumnSummary, DatasetSummary } from '@caviar/spec';

export function presentDataset({ info, bytes, createdAt }: DatasetView): WireDataset {
  return {
    id: info.id,
    name: info.name,
    description: info.description,
    task: info.task,
    rows: info.rows,
    features: info.features,
    ...(typeof info.inputs === 'number' && { inputs: info.inputs }),
    classes: info.classes,
    classNames: info.classNames === null ? null : [...info.classNames],
    image: info.image,
    checksum: info.checksum,
    source: info.source,
    licence: info.licence,
    builtIn: info.builtIn,
    ...(info.sources && { sources: info.sources.map(({ name, rows }) => ({ name, rows })) }),
    ...(typeof info.targetDeviation === 'number' && { targetDeviation: info.targetDeviation }),
    ...(typeof info.testRows === 'number' && { testRows: info.testRows }),
    ...(typeof info.groups === 'number' && { groups: info.groups }),
    ...(info.classRows && { classRows: [...info.classRows] }),
    ...(bytes !== null && { bytes }),
    ...(createdAt !== null && { createdAt: createdAt.toISOString() }),
  };
}

export function presentDatasetDetail(dataset: SummarizedDataset): DatasetDetailView {
  return { ...presentDataset(dataset), summary: presentSummary(dataset.summary) };
}

type WireSummary = DatasetDetailView['summary'];

function presentSummary({ target, columns, others }: DatasetSummary): WireSummary {
  return {
    target: presentColumn(target),
    columns: columns.map(presentColumn),
    others: others.map(({ name, role }) => ({ name, role })),
  };
}

function presentColumn({ values, warnings, ...column }: ColumnSummary): WireSummary['target'] {
  return {
    ...column,
    ...(values !== undefined && { values: values.map(({ value, rows }) => ({ value, rows })) }),
    warnings: [...warnings],
  };
}
