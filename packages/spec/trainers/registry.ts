import type { TrainerDescriptor } from '../trainer.js';
import { commandTrainer } from './command.js';
import { externalTrainer } from './external.js';
import { mlpTrainer } from './mlp.js';
import { quadraticTrainer } from './quadratic.js';

/** Every trainer that a spec can name. */
export const TRAINERS: readonly TrainerDescriptor[] = [mlpTrainer, quadraticTrainer, externalTrainer, commandTrainer];

/** The descriptor of a trainer kind; undefined when there is none. */
export function findTrainer(kind: string): TrainerDescriptor | undefined {
  return TRAINERS.find((trainer) => trainer.kind === kind);
}
