import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../operations/operations.js';
import { exampleSpec } from '../schemas/examples.js';
import type { InvalidField } from './invalid-fields.js';
import { parseInput, parseParameters } from './parse-input.js';

const spec = exampleSpec;
const lr = spec.space.learningRate;

function errorsOf(body: unknown, schema = OPERATIONS.createSearch.body): readonly InvalidField[] {
  const parsed = parseInput(schema, body);
  if (parsed.ok) throw new Error('the body was accepted');
  return parsed.errors;
}

describe('a search spec', () => {
  test('that is right is completed with the defaults of its shape', () => {
    const parsed = parseInput(OPERATIONS.createSearch.body, spec);
    expect(parsed).toMatchObject({
      ok: true,
      value: { scheduler: { kind: 'fifo' }, space: { keepProb: { scale: 'linear' } }, trainer: { maxRetries: 2 } },
    });
  });

  test.each<[string, unknown, string, RegExp]>([
    ['no object', 5, '', /^must be an object, not a number$/],
    ['a list', [], '', /^must be an object, not a list$/],
    ['null', null, '', /^must be an object, not null$/],
    ['a missing key', { ...spec, stop: undefined }, '/stop', /^is required$/],
    ['an unknown key', { ...spec, sead: 1 }, '/sead', /^is not a known key; known are name, trainer, .*seed/],
    [
      'an unknown key deep inside',
      { ...spec, space: { lr: { ...lr, foo: 1 } } },
      '/space/lr/foo',
      /known are kind, min/,
    ],
    ['an unknown key with / and ~', { ...spec, 'a/b~c': 1 }, '/a~1b~0c', /not a known key/],
    [
      'an unknown sampler',
      { ...spec, sampler: { kind: 'magic' } },
      '/sampler/kind',
      /"random", "grid", "sobol", .*not "magic"/,
    ],
    ['a sampler without a kind', { ...spec, sampler: {} }, '/sampler/kind', /^is required: one of "random"/],
    ['a sampler that is text', { ...spec, sampler: 'random' }, '/sampler', /^must be an object, not a string$/],
    [
      'an unknown domain',
      { ...spec, space: { lr: { kind: 'real' } } },
      '/space/lr/kind',
      /"float", "int", "categorical"/,
    ],
    [
      'a bound that is text',
      { ...spec, space: { lr: { ...lr, min: '1' } } },
      '/space/lr/min',
      /^must be a number, not a string$/,
    ],
    ['a missing bound', { ...spec, space: { lr: { kind: 'float', min: 0 } } }, '/space/lr/max', /^is required$/],
    [
      'bounds the wrong way',
      { ...spec, space: { lr: { ...lr, max: 0.00001 } } },
      '/space/lr/max',
      /^must not be below min/,
    ],
    ['a log scale from 0', { ...spec, space: { lr: { ...lr, min: 0 } } }, '/space/lr/min', /above 0 on the scale log/],
    [
      'an infinite bound',
      { ...spec, space: { lr: { ...lr, max: Number.POSITIVE_INFINITY } } },
      '/space/lr/max',
      /^must be a finite number$/,
    ],
    [
      'half an int',
      { ...spec, space: { n: { kind: 'int', min: 1.5, max: 3 } } },
      '/space/n/min',
      /^must be a whole number, not 1.5$/,
    ],
    ['an int beyond exactness', { ...spec, seed: 1e300 }, '/seed', /^must be at most 9007199254740991$/],
    [
      'an unknown scale',
      { ...spec, space: { lr: { ...lr, scale: 'exp' } } },
      '/space/lr/scale',
      /"oneMinusLog", not "exp"$/,
    ],
    [
      'no choices',
      { ...spec, space: { o: { kind: 'categorical', choices: [] } } },
      '/space/o/choices',
      /at least 1 entry$/,
    ],
    [
      'a choice twice',
      { ...spec, space: { o: { kind: 'categorical', choices: [1, 1] } } },
      '/space/o/choices/1',
      /listed twice/,
    ],
    [
      'a choice of no legal type',
      { ...spec, space: { o: { kind: 'categorical', choices: [{}] } } },
      '/space/o/choices/0',
      /^must be a string, a number, true or false, null or a list$/,
    ],
    [
      'a list choice with something else inside',
      { ...spec, space: { o: { kind: 'categorical', choices: [[64, {}]] } } },
      '/space/o/choices/0/1',
      /^must be a string, a number, true or false or null$/,
    ],
    [
      'a condition on nobody',
      { ...spec, space: { lr: { ...lr, when: { x: [1] } } } },
      '/space/lr/when/x',
      /no parameter "x"/,
    ],
    [
      'a parameter without a name',
      { ...spec, space: { '': lr } },
      '/space/',
      /^the name must have at least 1 character$/,
    ],
    ['a parameter called a/b', { ...spec, space: { 'a/b': { ...lr, min: null } } }, '/space/a~1b/min', /not null$/],
    ['an empty space', { ...spec, space: {} }, '/space', /at least one parameter/],
    ['no end', { ...spec, stop: {} }, '/stop', /at least one of maxTrials/],
    ['levels below 1', { ...spec, sampler: { kind: 'grid', levels: 0 } }, '/sampler/levels', /^must be at least 1$/],
    [
      'levels by name below 1',
      { ...spec, sampler: { kind: 'grid', levels: { lr: 0 } } },
      '/sampler/levels/lr',
      /at least 1$/,
    ],
    [
      'levels that are text',
      { ...spec, sampler: { kind: 'grid', levels: 'all' } },
      '/sampler/levels',
      /^must be a number or an object$/,
    ],
    [
      'a shrink of 1',
      { ...spec, sampler: { kind: 'coarse-to-fine', shrink: 1 } },
      '/sampler/shrink',
      /^must be below 1$/,
    ],
    [
      'a split beyond 1',
      { ...spec, trainer: { ...spec.trainer, split: { train: 0.9, dev: 0.2 } } },
      '/trainer/split',
      /add up to 1/,
    ],
    ['an empty name', { ...spec, name: '' }, '/name', /^must have at least 1 character$/],
    ['a name of 201', { ...spec, name: 'x'.repeat(201) }, '/name', /^must have at most 200 characters$/],
    ['no parallelism', { ...spec, parallelism: 0 }, '/parallelism', /^must be at least 1$/],
    [
      'an unknown mode',
      { ...spec, reproducibility: 'loose' },
      '/reproducibility',
      /one of "strict", "throughput", not "loose"$/,
    ],
  ])('with %s is refused at that place', (_, body, pointer, message) => {
    const errors = errorsOf(body);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toEqual({ pointer, message: expect.stringMatching(message) });
  });

  test('with two unknown keys gives one error for each', () => {
    expect(errorsOf({ ...spec, a: 1, b: 2 }).map(({ pointer }) => pointer)).toEqual(['/a', '/b']);
  });

  test('with mistakes in several places is told all of them', () => {
    const errors = errorsOf({ ...spec, seed: -1, sampler: { kind: 'x' }, stop: { maxTrials: 0 } });
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/sampler/kind', '/seed', '/stop/maxTrials']);
  });
});

describe('a patch', () => {
  const body = OPERATIONS.patchSearch.body;

  test('that changes nothing is refused', () => {
    for (const empty of [{}, { name: undefined }]) {
      expect(parseInput(body, empty)).toMatchObject({
        ok: false,
        errors: [{ pointer: '', message: expect.stringContaining('at least one') }],
      });
    }
  });

  test('may clear the notes', () => {
    expect(parseInput(body, { notes: null })).toEqual({ ok: true, value: { notes: null } });
  });

  test('of what can not be changed names the key', () => {
    expect(parseInput(body, { seed: 1 })).toMatchObject({ ok: false, errors: [{ pointer: '/seed' }] });
  });
});

describe('query parameters', () => {
  const { query } = OPERATIONS.listSearches;

  test('have defaults, and numbers are read from text', () => {
    expect(parseParameters(query, {})).toEqual({ ok: true, value: { limit: 50, sort: 'created' } });
    expect(parseParameters(query, { limit: '200', status: 'paused' })).toEqual({
      ok: true,
      value: { limit: 200, status: 'paused', sort: 'created' },
    });
  });

  test.each(['0', '201', '-1', '1.5', 'ten', '', ' 5', '0x10', '5;', '9'.repeat(30)])(
    'limit=%s is refused by name',
    (limit) => {
      expect(parseParameters(query, { limit })).toMatchObject({
        ok: false,
        errors: [{ pointer: '/limit', parameter: 'limit', message: expect.any(String) }],
      });
    },
  );

  test('given twice are refused by name', () => {
    expect(parseParameters(query, { limit: ['1', '2'] })).toEqual({
      ok: false,
      errors: [{ pointer: '/limit', parameter: 'limit', message: 'is given more than once' }],
    });
  });

  test.each([
    [query, { q: 'a\u0000b' }, '/q', 'q'],
    [OPERATIONS.getTrialTable.query, { filter: '{"value":{"in":["\\u0000"]}}' }, '/filter/value/in/0', 'filter'],
  ])('with text that cannot be stored are refused by name', (schema, given, pointer, parameter) => {
    const message = 'must not contain the character U+0000';
    expect(parseParameters(schema, given)).toEqual({ ok: false, errors: [{ pointer, parameter, message }] });
  });

  test('that are unknown are refused by name', () => {
    expect(parseParameters(query, { 'a/b': '1' })).toMatchObject({
      ok: false,
      errors: [{ pointer: '/a~1b', parameter: 'a/b' }],
    });
  });

  test.each([
    ['beta', '1'],
    ['beta', '-0.1'],
    ['beta', 'NaN'],
    ['maxPoints', '1'],
    ['maxPoints', '10001'],
  ])('%s=%s is out of range', (name, value) => {
    expect(parseParameters(OPERATIONS.getMeasurements.query, { [name]: value })).toMatchObject({
      ok: false,
      errors: [{ parameter: name }],
    });
  });

  test('an idempotency key has 1 to 255 visible characters', () => {
    const { headers } = OPERATIONS.createSearch;
    expect(parseParameters(headers, { 'Idempotency-Key': 'x'.repeat(255) }).ok).toBe(true);
    for (const key of ['', 'a b', 'é', 'x'.repeat(256)]) {
      expect(parseParameters(headers, { 'Idempotency-Key': key })).toMatchObject({
        ok: false,
        errors: [{ parameter: 'Idempotency-Key' }],
      });
    }
  });
});
