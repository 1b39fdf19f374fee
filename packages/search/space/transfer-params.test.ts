import { type Params, spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { type Origin, transferParams } from './transfer-params.js';

const origin = (space: unknown, fixed: Params = {}, defaults: Params = {}): Origin => ({
  space: spaceSchema.parse(space),
  fixed,
  defaults,
});
const rate = { kind: 'float', min: 0, max: 1 };
const optimizer = { kind: 'categorical', choices: ['gd', 'adam'] };
const beta2 = { kind: 'float', min: 0.9, max: 0.999, when: { optimizer: ['adam'] } };

describe('transferParams', () => {
  it('leaves a point of both spaces as it is, and drops what lies outside', () => {
    const [wide, narrow] = [origin({ rate }), origin({ rate: { ...rate, max: 0.5 } })];
    expect(transferParams({ rate: 0.25 }, wide, narrow)).toEqual({ rate: 0.25 });
    expect(transferParams({ rate: 0.75 }, wide, narrow)).toBeNull();
  });

  it('takes what was fixed, or was the default, for what is searched now', () => {
    const before = origin({ rate }, { units: 32 }, { units: 8, l2: 0 });
    const after = origin(
      { rate, units: { kind: 'int', min: 1, max: 64 }, l2: { kind: 'float', min: 0, max: 1 } },
      {},
      { units: 8, l2: 0 },
    );
    expect(transferParams({ rate: 0.5 }, before, after)).toEqual({ rate: 0.5, units: 32, l2: 0 });
    const unknown = origin({ rate, other: rate });
    expect(transferParams({ rate: 0.5 }, before, unknown)).toBeNull();
  });

  it('takes trials at the value that is fixed now, and no others', () => {
    const before = origin({ rate, optimizer });
    const after = origin({ rate }, { optimizer: 'adam' });
    expect(transferParams({ rate: 0.5, optimizer: 'adam' }, before, after)).toEqual({ rate: 0.5 });
    expect(transferParams({ rate: 0.5, optimizer: 'gd' }, before, after)).toBeNull();
    // left out now: at its default
    const left = origin({ rate }, {}, { optimizer: 'gd' });
    expect(transferParams({ rate: 0.5, optimizer: 'gd' }, before, left)).toEqual({ rate: 0.5 });
    expect(transferParams({ rate: 0.5, optimizer: 'adam' }, before, left)).toBeNull();
    expect(transferParams({ rate: 0.5, optimizer: 'gd' }, before, origin({ rate }))).toBeNull();
    // fixed before and now, at other values: the caller's to judge
    expect(transferParams({ rate: 0.5 }, origin({ rate }, { epochs: 3 }), origin({ rate }, { epochs: 9 }))).toEqual({
      rate: 0.5,
    });
  });

  it('keeps to conditions', () => {
    const before = origin({ rate, optimizer, beta2 });
    expect(transferParams({ rate: 0.5, optimizer: 'gd' }, before, before)).toEqual({ rate: 0.5, optimizer: 'gd' });
    const always = origin({ rate, beta2: { ...beta2, when: undefined } }, { optimizer: 'adam' });
    expect(transferParams({ rate: 0.5, optimizer: 'adam', beta2: 0.95 }, before, always)).toEqual({
      rate: 0.5,
      beta2: 0.95,
    });
    expect(transferParams({ rate: 0.5, optimizer: 'gd' }, before, always)).toBeNull();
  });
});
