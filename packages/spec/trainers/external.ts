import type { TrainerDescriptor } from '../trainer.js';

/** Training code of the caller's, which asks for trials over HTTP and tells what came of them. */
export const externalTrainer: TrainerDescriptor = {
  kind: 'external',
  description: 'Code of your own, in any language: it asks for trials and tells what came of them, over HTTP.',
  needsDataset: false,
  parameters: [],
  metrics: [],
  isOpen: true,
  defaultObjective: () => null,
};
