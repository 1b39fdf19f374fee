import { stream } from '@caviar/numerics';
import type { Params } from '@caviar/spec';
import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { compileSpace } from '../../space/compile-space.js';
import { SPACES } from '../../testing/spaces.js';
import { FeatureSpace } from './features.js';

const space = new FeatureSpace(
  compileSpace(
    spaceSchema.parse({
      rate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
      only: { kind: 'int', min: 3, max: 3 },
      optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
      layers: { kind: 'int', min: 0, max: 3, when: { optimizer: ['adam'] } },
    }),
  ),
);
const features = (params: Params) => {
  const position = space.positionOf(params)!;
  return [...space.featuresOf(position, space.activeAt(position))];
};

describe('FeatureSpace', () => {
  it('places params by hand', () => {
    // By order: optimizer, its child layers, rate; axes first: layers (two), rate; then the choice.
    expect(space.axes).toBe(3);
    expect([...space.dimensionOf]).toEqual([1, 1, 2, 0]);
    const active = features({ rate: 0.01, only: 3, optimizer: 'adam', layers: 1 });
    expect(active.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([0.375, 0.5, 0.5, 1]);
    expect(features({ rate: 1, only: 3, optimizer: 'gd' })).toEqual([0.5, 0, 1, 0]);
  });

  it('puts an inactive range at a distance from every active value, and at none from itself', () => {
    const inactive = features({ rate: 1, only: 3, optimizer: 'gd' });
    for (const layers of [0, 1, 2, 3]) {
      const active = features({ rate: 1, only: 3, optimizer: 'adam', layers });
      expect((active[0]! - inactive[0]!) ** 2 + (active[1]! - inactive[1]!) ** 2).toBeGreaterThanOrEqual(0.25);
    }
  });

  it.each(Object.entries(SPACES))('on %s, leads from params to a position and back', (_, parsed) => {
    const other = new FeatureSpace(compileSpace(parsed));
    const random = stream(4, 'positions');
    for (let i = 0; i < 50; i++) {
      const params = other.paramsAt(Float64Array.from(other.dimensions, () => random.uniform()));
      const position = other.positionOf(params)!;
      expect(position).not.toBeNull();
      const again = other.positionOf(other.paramsAt(position))!;
      position.forEach((u, d) => {
        expect(again[d]).toBeCloseTo(u, 12);
      });
      other.snapped(position).forEach((u, d) => {
        expect(u).toBeCloseTo(position[d]!, 12);
      });
      expect(other.activeAt(position).every((on) => on === 0 || on === 1)).toBe(true);
    }
  });

  it('sees two positions in one cell as the same', () => {
    const [a, b] = [0.52, 0.71].map((u) => space.snapped(Float64Array.of(0.9, u, 0.3)));
    expect(a).toEqual(b);
  });

  it.each([
    [{}],
    [{ rate: 0.1, only: 3, optimizer: 'gd', layers: 1 }],
    [{ rate: 0.1, only: 3, optimizer: 'adam' }],
    [{ rate: 2, only: 3, optimizer: 'gd' }],
    [{ rate: 0.1, only: 3, optimizer: 'sgd' }],
  ])('has no place for %j', (params) => {
    expect(space.positionOf(params)).toBeNull();
  });
});
