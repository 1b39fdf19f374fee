import type { TrainerView, WorkerView } from '@caviar/contracts';
import type { WorkerView as Worker } from '@caviar/orchestrator';
import type { TrainerDescriptor, TrainerParameter } from '@caviar/spec';

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
    quarantine:
      worker.quarantine === null
        ? null
        : { reason: worker.quarantine.reason, until: worker.quarantine.until.toISOString() },
    trials: worker.trials.map(({ trialId, searchId, number, step }) => ({ trialId, searchId, number, step })),
  };
}
