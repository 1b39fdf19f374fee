import {
  checkSearchSpec,
  findTrainer,
  type ParamValue,
  searchSpecInputSchema,
  type TrainerParameter,
} from '@caviar/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clouds, mlpJob } from './fixtures/jobs.js';
import type { TrainingJob } from './job.js';
import { startTraining } from './start-training.js';

// What `GET /v1/trainers` says of a parameter against what the trainer takes: all of the range, and nothing beside it.

const pictures = clouds({ rows: 30, features: 6, classes: 2 });
const dataset = { ...pictures, info: { ...pictures.info, image: { height: 2, width: 3 } } };
const TRAINERS = { mlp: findTrainer('mlp')!, quadratic: findTrainer('quadratic')! };
type Kind = keyof typeof TRAINERS;

/** Params in whose company every value of a parameter makes sense. */
const COMPANY: Readonly<Record<string, Readonly<Record<string, ParamValue>>>> = {
  hiddenLayers: { hiddenUnits: 2 },
  decayRate: { lrDecay: 'inverseTime' },
  epochs: { hiddenUnits: 2 },
};

function jobFor(kind: Kind, name: string, value: ParamValue): TrainingJob {
  const params = { ...COMPANY[name], [name]: value };
  if (kind === 'mlp') return mlpJob(dataset, params);
  return {
    trainer: { kind, params: {}, maxRetries: 0 },
    params,
    searchSeed: 1,
    trialNumber: 0,
    dataset: null,
  };
}

/** Issues of a search that has the value fixed. */
function issuesOf(kind: Kind, name: string, value: ParamValue) {
  const trainer = {
    kind,
    ...(kind === 'mlp' ? { dataset: 'clouds' } : {}),
    params: { ...COMPANY[name], [name]: value },
  };
  // Some parameter must be searched: one that does not meet the others.
  const searched = name === 'learningRate' ? (kind === 'mlp' ? 'l2' : 'start') : 'learningRate';
  const space = { [searched]: { kind: 'float', min: 0.5, max: 0.9 } };
  const parsed = searchSpecInputSchema.safeParse({ trainer, space, stop: { maxTrials: 1 } });
  if (!parsed.success) return parsed.error.issues;
  return checkSearchSpec(parsed.data, { trainer: TRAINERS[kind], dataset: kind === 'mlp' ? dataset.info : null });
}

/** Numbers in the documented bounds, those next to them included. */
function numbers({ min = -1e9, max = 1e9, exclusiveMin, exclusiveMax }: TrainerParameter, isInt: boolean) {
  if (isInt) return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
  const excluded = { minExcluded: exclusiveMin === true, maxExcluded: exclusiveMax === true };
  const inside = fc.double({ min, max, ...excluded, noNaN: true });
  const bounds = [...(exclusiveMin ? [] : [min]), ...(exclusiveMax ? [] : [max])];
  return bounds.length === 0 ? inside : fc.oneof(inside, fc.constantFrom(...bounds));
}

function entries(parameter: TrainerParameter): fc.Arbitrary<number | string> {
  const { list } = parameter;
  return list?.of === 'choice' ? fc.constantFrom(...list.choices!) : numbers(parameter, list?.of === 'int');
}

/** Every kind of legal value, by the description alone. */
function legal(parameter: TrainerParameter): fc.Arbitrary<ParamValue> {
  const { kind, choices = [], list } = parameter;
  const words = choices.map((choice) => fc.constant<ParamValue>(choice));
  const nothing = parameter.default === null ? [fc.constant<ParamValue>(null)] : [];
  if (kind === 'boolean') return fc.boolean();
  if (kind === 'choice') return fc.oneof(...words);
  if (list === undefined) return fc.oneof(numbers(parameter, kind === 'int'), ...words, ...nothing);
  const { minLength, orOne } = list;
  // A data set of two classes takes two factors; what is per layer is tried for the depth that goes with it below.
  const length = { classWeights: 2, keepProb: 1 }[parameter.name] ?? minLength;
  const ofMany = fc.array(entries(parameter), { minLength: length, maxLength: Math.max(length, minLength) });
  const isTuple = parameter.name === 'coefficients';
  const lists = isTuple ? ofMany.map(([first, ...rest]) => [Math.abs(Number(first)) + 1e-9, ...rest]) : ofMany;
  return fc.oneof<fc.Arbitrary<ParamValue>[]>(lists, ...(orOne ? [entries(parameter)] : []), ...words);
}

/** Values just outside. */
function illegal({ kind, min, max, exclusiveMin, exclusiveMax, list, ...rest }: TrainerParameter): ParamValue[] {
  const isInt = kind === 'int' || list?.of === 'int';
  const step = (x: number) => (isInt ? 1 : Math.max(Math.abs(x) * 2e-16, 5e-324));
  const outside = [
    ...(min === undefined ? [] : [exclusiveMin ? min : min - step(min)]),
    ...(max === undefined ? [] : [exclusiveMax ? max : max + step(max)]),
  ];
  const wrong: ParamValue[] = ['nonsense', ...(kind === 'boolean' ? [0, 1] : [true])];
  if (isInt) wrong.push(1.5);
  if (rest.default !== null) wrong.push(null);
  if (list === undefined) return [...outside, ...wrong, [min ?? 1]];
  const entry = list.of === 'choice' ? list.choices![0]! : (max ?? 1) / 2;
  const tooMany = new Array<number | string>(list.maxLength + 1).fill(entry);
  const tooFew = list.minLength === 0 ? [] : [tooMany.slice(0, list.minLength - 1)];
  const badEntries = [...outside, 'nonsense', null].map((bad) => [...tooMany.slice(1, list.minLength), bad]);
  return [...(list.orOne ? outside : [entry]), ...wrong, ...tooFew, tooMany, ...badEntries];
}

const cases = (Object.keys(TRAINERS) as Kind[]).flatMap((kind) =>
  TRAINERS[kind].parameters.map((parameter) => [`${kind} ${parameter.name}`, kind, parameter] as const),
);

describe.each(cases)('%s', (_, kind, parameter) => {
  const { name } = parameter;

  it('is described in full', () => {
    expect(parameter.description).toMatch(/^[A-Z].*\.$/);
    expect(parameter.section).toMatch(/^[123]\.\d$/);
    expect(parameter.list !== undefined).toBe(parameter.kind === 'list');
    if (['int', 'float'].includes(parameter.kind))
      expect([typeof parameter.min, typeof parameter.max]).toEqual(['number', 'number']);
    if (parameter.kind === 'choice') expect(parameter.choices).toContain(parameter.default);
    expect(issuesOf(kind, name, parameter.default)).toEqual([]);
  });

  it('takes every value that it says it takes', () => {
    const isLarge = ['hiddenUnits', 'hiddenLayers', 'steps'].includes(name);
    fc.assert(
      fc.property(legal(parameter), (value) => {
        expect(issuesOf(kind, name, value)).toEqual([]);
        const step = startTraining(jobFor(kind, name, value)).next();
        // A number too large for the others may end a run as infeasible, which is an answer.
        expect(step).toMatchObject({ kind: 'measurement', step: expect.any(Number) });
      }),
      { numRuns: isLarge ? 8 : 25 },
    );
  });

  it('refuses what is just outside, by its name', () => {
    for (const value of illegal(parameter)) {
      const where = JSON.stringify(value);
      expect(() => startTraining(jobFor(kind, name, value)), where).toThrow(
        expect.objectContaining({ name: 'TrainingInputError', path: ['params', name] }),
      );
      expect(issuesOf(kind, name, value)[0]?.path.slice(0, 3), where).toEqual(['trainer', 'params', name]);
    }
  });
});
