import type { TrainedModel } from '@caviar/spec';

/** What a network is and where it comes from, as texts by name: for people, and for the metadata of file formats. */
export function modelCard(model: TrainedModel): Readonly<Record<string, string>> {
  const { dataset, training, encodings, layers, head } = model;
  const sizes = [layers[0]?.inputs ?? 0, ...layers.map(({ outputs }) => outputs)];
  return {
    description: `A fully connected network (${sizes.join('-')}, ${head}) trained by Caviar on "${dataset.name}".`,
    task: dataset.task,
    dataset: dataset.name,
    datasetId: dataset.id,
    datasetChecksum: dataset.checksum,
    datasetSource: dataset.source,
    datasetLicence: dataset.licence,
    split: JSON.stringify(training.split),
    rows: JSON.stringify(training.rows),
    params: JSON.stringify(training.params),
    metrics: JSON.stringify(training.metrics),
    seed: String(training.searchSeed),
    trialNumber: String(training.trialNumber),
    epoch: String(training.epoch),
    isExact: String(training.isExact),
    ...(dataset.classNames === null ? {} : { classNames: JSON.stringify(dataset.classNames) }),
    columns: JSON.stringify(encodings),
  };
}
