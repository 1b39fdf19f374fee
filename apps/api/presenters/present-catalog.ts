import type { DatasetView, TrainerView, WorkerView } from '@caviar/contracts';
import type { WorkerView as Worker } from '@caviar/orchestrator';
import type { DatasetInfo, TrainerDescriptor, TrainerParameter } from '@caviar/spec';

export function presentDataset(dataset: DatasetInfo): DatasetView {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description,
    task: dataset.task,
    rows: dataset.rows,
    features: dataset.features,
    classes: dataset.classes,
    classNames: dataset.classNames === null ? null : [...dataset.classNames],
    image: dataset.image,
    checksum: dataset.checksum,
    source: dataset.source,
    licence: dataset.licence,
    builtIn: dataset.builtIn,
    ...(dataset.sources && { sources: dataset.sources.map(({ name, rows }) => ({ name, rows })) }),
    ...(typeof dataset.targetDeviation === 'number' && { targetDeviation: dataset.targetDeviation }),
  };
}

export function presentTrainer(trainer: TrainerDescriptor): TrainerView {
  return {
    kind: trainer.kind,
    description: trainer.description,
    needsDataset: trainer.needsDataset,
    parameters: trainer.parameters.map(presentParameter),
    metrics: trainer.metrics.map(({ name, direction, description }) => ({ name, direction, description })),
    isOpen: trainer.isOpen,
    defaultObjective: {
      classification: trainer.defaultObjective('classification'),
      regression: trainer.defaultObjective('regression'),
    },
  };
}

function presentParameter({ schema, choices, ...parameter }: TrainerParameter): TrainerView['parameters'][number] {
  return { ...parameter, ...(choices !== undefined && { choices: [...choices] }) };
}

export function presentWorker(worker: Worker): WorkerView {
  return {
    id: worker.id,
    host: worker.host,
    pid: worker.pid,
    status: worker.status,
    concurrency: worker.concurrency,
    runtime: worker.runtime,
    startedAt: worker.startedAt.toISOString(),
    lastSeenAt: worker.lastSeenAt.toISOString(),
    trials: worker.trials.map(({ trialId, searchId, number, step }) => ({ trialId, searchId, number, step })),
  };
}
