import { describe, expect, test } from 'vitest';
import { among, flag, folder, number, parseOptions } from './options.js';

const OPTIONS = {
  trials: number('trials', 500),
  seed: number('of what is random', 1, 0),
  only: among('parts', ['ask', 'reading']),
  home: folder('where data are kept'),
  keep: flag('keep the data'),
};
const parse = (...args: string[]) => parseOptions(args, OPTIONS);

describe('options of a benchmark', () => {
  test('are what they are by default, or as they are given', () => {
    const defaults = { trials: 500, seed: 1, only: new Set(['ask', 'reading']), home: undefined, keep: false };
    expect(parse()).toEqual(defaults);
    expect(parse('--seed', '0', '--only=reading', '--keep', '--home', 'there')).toEqual({
      ...defaults,
      seed: 0,
      only: new Set(['reading']),
      keep: true,
      home: 'there',
    });
  });

  test.each([
    [['--trials', 'x'], '--trials must be a number from 1, and is x'],
    [['--trials='], '--trials must be a number from 1, and is '],
    [['--trials', '0'], '--trials must be a number from 1, and is 0'],
    [['--seed', '-1'], /--seed/],
    [['--only', 'ask,nothing'], '--only must be of ask,reading, and is ask,nothing'],
    [['--trails', '5'], /--trails/],
    [['--keep=yes'], /--keep/],
    [['500'], /500/],
  ])('are refused by name: %j', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
