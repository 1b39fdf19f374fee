import { type Domain, domainSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { zoomDomain } from './zoom.js';

const domain = (input: object): Domain => domainSchema.parse(input);
const bounds = (zoomed: Domain) => (zoomed.kind === 'categorical' ? zoomed.choices : [zoomed.min, zoomed.max]);
const zoom = (input: object, top: (number | string)[], changes: { region?: object; factor?: number } = {}) =>
  bounds(
    zoomDomain({
      domain: domain(input),
      region: domain({ ...input, ...changes.region }),
      top,
      factor: changes.factor ?? 0.5,
    }),
  );

const unit = { kind: 'float', min: 0, max: 1 };
const rate = { kind: 'float', min: 1e-4, max: 1, scale: 'log' };

describe('zoomDomain', () => {
  it('centres the window on the best values, in the scale of the parameter', () => {
    expect(zoom(unit, [0.5])).toEqual([0.25, 0.75]);
    expect(zoom(rate, [0.01])).toEqual([0.001, 0.1]);
    expect(zoom({ kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog' }, [0.99], { factor: 1 / 3 })).toEqual([
      0.968,
      0.9968, // 1 - x half of a third of three decades to either side of 0.01: 0.0316 and 0.00316
    ]);
  });

  it('gives the better values more weight: log 2.5 against log 1.25 for two', () => {
    // (0.916 * 0.5 + 0.223 * 0.6) / 1.139 = 0.5196
    const [min, max] = zoom(unit, [0.5, 0.6]) as [number, number];
    expect(min).toBeCloseTo(0.27, 2);
    expect(max).toBeCloseTo(0.77, 2);
  });

  it('never lets the mean pull the window away from the best value', () => {
    // the mean of 0.1 and many at 0.9 lies far from 0.1; a quarter of the window stays below the best
    const [min, max] = zoom(unit, [0.1, ...new Array<number>(9).fill(0.9)], { factor: 0.2 }) as [number, number];
    expect([min, max]).toEqual([0.05, 0.25]);
  });

  it('is moved, not cut, at the bounds of the user', () => {
    expect(zoom(unit, [0.01])).toEqual([0, 0.5]);
    expect(zoom(rate, [1])).toEqual([0.01, 1]);
  });

  it('shrinks the region so far, and may reach beyond it', () => {
    expect(zoom(unit, [0.5], { region: { min: 0.4, max: 0.6 } })).toEqual([0.45, 0.55]);
    expect(zoom(unit, [0.6], { region: { min: 0.4, max: 0.6 } })).toEqual([0.55, 0.65]);
    expect(zoom(rate, [0.001], { region: { min: 0.001, max: 0.1 } })).toEqual([0.00032, 0.0032]);
  });

  it('keeps to the grid of the user', () => {
    const keep = { kind: 'float', min: 0.5, max: 1, step: 0.05 };
    expect(zoom(keep, [0.8])).toEqual([0.7, 0.9]);
    expect(zoom(keep, [1])).toEqual([0.75, 1]);
    expect(zoom({ kind: 'int', min: 1, max: 10, step: 3 }, [7], { factor: 0.3 })).toEqual([7, 7]);
    expect(zoom({ kind: 'int', min: 16, max: 512, scale: 'log' }, [90])).toEqual([38, 215]);
  });

  it('leaves at least one value, the best', () => {
    expect(zoom({ kind: 'int', min: 1, max: 3 }, [2], { factor: 0.01 })).toEqual([2, 2]);
    expect(zoom({ kind: 'int', min: 1, max: 3 }, [3], { region: { min: 3, max: 3 } })).toEqual([3, 3]);
    expect(zoom({ kind: 'float', min: 2, max: 2 }, [2])).toEqual([2, 2]);
  });

  it('keeps the choices seen among the best, in the order given', () => {
    const optimizer = { kind: 'categorical', choices: ['gd', 'momentum', 'adam'] };
    expect(zoom(optimizer, ['adam', 'gd', 'adam'])).toEqual(['gd', 'adam']);
    expect(zoom(optimizer, ['momentum'])).toEqual(['momentum']);
  });

  it('keeps step, scale and conditions', () => {
    const conditional = domain({ ...rate, when: { optimizer: ['adam'] } });
    expect(zoomDomain({ domain: conditional, region: conditional, top: [0.01], factor: 0.5 })).toEqual({
      ...conditional,
      min: 0.001,
      max: 0.1,
    });
  });
});
