import type { TrainerView, WorkerView } from '@caviar/contracts';
import type { WorkerView as Worker } from '@caviar/orchestrator';
import type { ParameterList, TrainerDescriptor, TrainerParameter } from '@caviar/spec';

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

function presentParameter({
  schema,
  choices,
  list,
  ...parameter
}: TrainerParameter): TrainerView['parameters'][number] {
  return { ...parameter, ...withChoices(choices), ...(list !== undefined && { list: presentList(list) }) };
}

function presentList({ choices, ...list }: ParameterList): NonNullable<TrainerView['parameters'][number]['list']> {
  return { ...list, ...withChoices(choices) };
}

function withChoices(choices: readonly string[] | undefined): { choices?: string[] } {
  return choices === undefined ? {} : { choices: [...choices] };
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
