import { describe, expect, it } from 'vitest';
import { MAX_PARAMETERS, spaceSchema } from './space.js';

/** Pointer and message of every issue. */
function issuesOf(space: unknown): string[] {
  const result = spaceSchema.safeParse(space);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
}

const range = { kind: 'float', min: 0, max: 1 };
const choice = { kind: 'categorical', choices: ['a', 'b', 3, [1, 2]] };

describe('spaceSchema', () => {
  it('accepts the space of the documented example and fills in scales', () => {
    const space = {
      learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
      beta1: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' },
      hiddenUnits: { kind: 'int', min: 16, max: 512, scale: 'log' },
      keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
      optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
      beta2: { kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog', when: { optimizer: ['rmsprop', 'adam'] } },
    };
    const parsed = spaceSchema.parse(space);
    expect(parsed).toEqual({ ...space, keepProb: { ...space.keepProb, scale: 'linear' } });
    expect(Object.keys(parsed)).toEqual(Object.keys(space));
  });

  it.each<[string, unknown, string]>([
    ['no parameters', {}, '/: needs at least one parameter'],
    ['bounds the wrong way round', { x: { ...range, min: 2 } }, '/x/max: must not be below min (2)'],
    ['log from zero', { x: { ...range, scale: 'log' } }, '/x/min: must be above 0 on the scale log'],
    [
      'log of an int from zero',
      { n: { kind: 'int', min: 0, max: 9, scale: 'log' } },
      '/n/min: must be above 0 on the scale log',
    ],
    ['1 on oneMinusLog', { x: { ...range, scale: 'oneMinusLog' } }, '/x/max: must be below 1 on the scale oneMinusLog'],
    ['a range too wide', { x: { ...range, min: -1e308, max: 1e308 } }, '/x/max: is too far from min to be represented'],
    ['a step above the width', { x: { ...range, step: 2 } }, '/x/step: must not be greater than max - min'],
    [
      'a step too small',
      { x: { ...range, step: 1e-300 } },
      '/x/step: is too small: rounding blurs the values between min and max',
    ],
    ['a choice twice', { c: { kind: 'categorical', choices: [[1, 2], 'a', [1, 2]] } }, '/c/choices/2: is listed twice'],
    ['zero twice', { c: { kind: 'categorical', choices: [0, -0] } }, '/c/choices/1: is listed twice'],
    [
      'a condition on nothing',
      { x: { ...range, when: { y: [1] } } },
      '/x/when/y: there is no parameter "y" in the space',
    ],
    [
      'an inherited name',
      { x: { ...range, when: { toString: [1] } } },
      '/x/when/toString: there is no parameter "toString" in the space',
    ],
    [
      'a condition on a float',
      { x: { ...range, when: { y: [1] } }, y: range },
      '/x/when/y: a condition can name a categorical or int parameter only',
    ],
    [
      'a condition on a missing choice',
      { x: { ...range, when: { c: ['a', 'z'] } }, c: choice },
      '/x/when/c/1: is not a value that "c" can take',
    ],
    [
      'a condition outside an int',
      { x: { ...range, when: { n: [10] } }, n: { kind: 'int', min: 0, max: 9 } },
      '/x/when/n/0: is not a value that "n" can take',
    ],
    [
      'a condition between steps',
      { x: { ...range, when: { n: [3] } }, n: { kind: 'int', min: 0, max: 9, step: 2 } },
      '/x/when/n/0: is not a value that "n" can take',
    ],
    ['an empty condition', { x: { ...range, when: {} } }, '/x/when: name at least one parameter'],
    ['a parameter that depends on itself', { c: { ...choice, when: { c: ['a'] } } }, '/c/when: depends on itself'],
  ])('refuses %s', (_, space, issue) => {
    expect(issuesOf(space)).toEqual([issue]);
  });

  it('points at every member of a circle, and not at what hangs on it', () => {
    const on = (parent: string) => ({ ...choice, when: { [parent]: ['a'] } });
    expect(issuesOf({ a: on('b'), b: on('c'), c: on('a'), d: on('a') })).toEqual([
      '/a/when: depends on itself',
      '/b/when: depends on itself',
      '/c/when: depends on itself',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['an unknown key', { x: { ...range, maximum: 3 } }, '/x'],
    ['an unknown kind', { x: { kind: 'real', min: 0, max: 1 } }, '/x/kind'],
    ['text for a number', { x: { ...range, min: '0' } }, '/x/min'],
    ['a fraction for an int', { n: { kind: 'int', min: 0.5, max: 3 } }, '/n/min'],
    ['oneMinusLog for an int', { n: { kind: 'int', min: 1, max: 3, scale: 'oneMinusLog' } }, '/n/scale'],
    ['a step of zero', { x: { ...range, step: 0 } }, '/x/step'],
    ['a negative step', { n: { kind: 'int', min: 0, max: 3, step: -1 } }, '/n/step'],
    ['no choices', { c: { kind: 'categorical', choices: [] } }, '/c/choices'],
    ['no values in a condition', { x: { ...range, when: { c: [] } }, c: choice }, '/x/when/c'],
    ['a choice that is an object', { c: { kind: 'categorical', choices: [{}] } }, '/c/choices/0'],
    ['an infinite bound', { x: { ...range, max: Number.POSITIVE_INFINITY } }, '/x/max'],
    ['a name that is too long', { ['x'.repeat(101)]: range }, `/${'x'.repeat(101)}`],
    ['an empty name', { '': range }, '/'],
  ])('refuses %s', (_, space, pointer) => {
    expect(issuesOf(space).map((issue) => issue.split(': ')[0])).toContain(pointer);
  });

  it('accepts conditions on lists, ints and steps, and a single value', () => {
    expect(
      issuesOf({
        c: choice,
        n: { kind: 'int', min: 1, max: 9, step: 2 },
        x: { ...range, when: { c: [[1, 2], 3], n: [1, 9] } },
        y: { kind: 'float', min: 3, max: 3 },
        z: { kind: 'float', min: 3, max: 3, step: 1 },
        w: { kind: 'float', min: 0.2, max: 0.3, step: 0.1 }, // 0.3 - 0.2 < 0.1 in floating point
      }),
    ).toEqual([]);
  });

  it(`takes ${MAX_PARAMETERS} parameters and no more`, () => {
    const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, range]));
    expect(issuesOf(many(MAX_PARAMETERS))).toEqual([]);
    expect(issuesOf(many(MAX_PARAMETERS + 1))).toEqual(['/: has 201 parameters; at most 200 are allowed']);
  });
});
