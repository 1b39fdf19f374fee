import type { TrainerDescriptor } from '../trainer.js';

/** A program that the operator has registered, run by workers. */
export const commandTrainer: TrainerDescriptor = {
  kind: 'command',
  description: 'A program registered by the operator: it gets the params of a trial and prints its measurements.',
  needsDataset: false,
  parameters: [],
  metrics: [],
  isOpen: true,
  defaultObjective: () => null,
};
