import type { TrainerDescriptor } from '../trainer.js';
import { int, number, tuple } from '../value-schema.js';

/** The notes' framework example (seed 3.6): gradient descent on c0 w^2 + c1 w + c2, whose answer is 5 by default. */
export const quadraticTrainer: TrainerDescriptor = {
  kind: 'quadratic',
  description: 'Minimises c0 w² + c1 w + c2 by gradient descent; with the defaults the answer is w = 5, cost 0.',
  needsDataset: false,
  parameters: [
    {
      name: 'learningRate',
      kind: 'float',
      default: 0.01,
      min: 0,
      exclusiveMin: true,
      max: 1e6,
      description: 'Step size of gradient descent.',
      changeable: true,
      section: '3.6',
      schema: number({ min: 0, exclusiveMin: true, max: 1e6 }),
    },
    {
      name: 'steps',
      kind: 'int',
      default: 1000,
      min: 1,
      max: 10_000_000,
      description: 'Gradient steps. Ten measurements are spread over them.',
      changeable: true,
      section: '3.6',
      schema: int({ min: 1, max: 10_000_000 }),
    },
    {
      name: 'start',
      kind: 'float',
      default: 0,
      min: -1e9,
      max: 1e9,
      description: 'Value of w before the first step.',
      section: '3.6',
      schema: number({ min: -1e9, max: 1e9 }),
    },
    {
      name: 'coefficients',
      kind: 'list',
      default: [1, -10, 25],
      min: -1e9,
      max: 1e9,
      list: { of: 'float', minLength: 3, maxLength: 3, orOne: false },
      description: 'The three coefficients [c0, c1, c2]; c0 must be above 0, or there is no minimum.',
      section: '3.6',
      schema: tuple([
        number({ min: 0, exclusiveMin: true, max: 1e9 }),
        number({ min: -1e9, max: 1e9 }),
        number({ min: -1e9, max: 1e9 }),
      ]),
    },
  ],
  metrics: [
    { name: 'cost', direction: 'minimize', description: 'c0 w² + c1 w + c2 at the present w.' },
    { name: 'w', direction: 'minimize', description: 'The present w.' },
  ],
  isOpen: false,
  defaultObjective: () => 'cost',
};
