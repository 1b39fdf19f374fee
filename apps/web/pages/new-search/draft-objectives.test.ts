import type { TrainerView } from '@caviar/contracts';
import { describe, expect, test } from 'vitest';
import { keepReported, objectivesIn, usualObjective, withObjectives } from './draft-objectives.js';

const error = { metric: 'dev.error', direction: 'minimize' };
const f1 = { metric: 'dev.f1', direction: 'maximize' };
const trainer: TrainerView = {
  kind: 'mlp',
  description: '',
  needsDataset: true,
  parameters: [],
  metrics: [
    { name: 'dev.error', direction: 'minimize', description: '' },
    { name: 'dev.f1', direction: 'maximize', description: '' },
  ],
  isOpen: false,
  defaultObjective: { classification: 'dev.f1', regression: null },
};

describe('objectives of a draft', () => {
  test.each([
    ['nothing', {}, []],
    ['one', { objective: error }, ['/objective']],
    ['a list', { objective: [error, f1] }, ['/objective/0', '/objective/1']],
    ['a complete spec', { objective: error, objectives: [error, f1] }, ['/objectives/0', '/objectives/1']],
    ['what is no objective', { objective: 'dev.error' }, ['/objective']],
  ])('are read from %s, and where they stand', (_, draft, pointers) => {
    expect(objectivesIn(draft).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test('are written as few words as a spec takes, in place of what was there', () => {
    const draft = { name: 'x', objective: error, objectives: [error, f1] };
    expect(withObjectives(draft, [])).toEqual({ name: 'x' });
    expect(withObjectives(draft, [f1])).toEqual({ name: 'x', objective: f1 });
    expect(withObjectives(draft, [f1, error])).toEqual({ name: 'x', objective: [f1, error] });
  });

  test('are those of the trainer where none is named, the better way round', () => {
    expect(usualObjective(trainer, undefined)).toEqual(f1);
    expect(usualObjective(trainer, { task: 'regression' } as never)).toBeNull();
  });

  test('and constraints stay with another trainer as far as it reports them', () => {
    const cost = { metric: 'cost', direction: 'minimize' };
    const draft = { objective: [cost, f1], constraints: [{ metric: 'cost', max: 1 }] };
    expect(keepReported(draft, trainer)).toEqual({ objective: f1 });
    expect(keepReported(draft, { ...trainer, isOpen: true })).toBe(draft);
  });
});
