import { spaceSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { zoomFactor } from './zoom-factor.js';

const domainOf = (domain: unknown) => spaceSchema.parse({ x: domain })['x']!;
const whole = domainOf({ kind: 'float', min: 0, max: 1 });
const part = domainOf({ kind: 'float', min: 0.4, max: 0.6 });
const factor = (top: readonly number[], region = whole, shrink = 0.4) =>
  zoomFactor({ domain: whole, region, top, shrink });

describe('how wide the next region is', () => {
  it('is shrink where the best lie together, or are one', () => {
    expect(factor([0.5])).toBe(0.4);
    expect(factor([0.5, 0.51, 0.49])).toBe(0.4);
    expect(factor([0.45, 0.451, 0.449], part, 0.1)).toBe(0.1);
  });

  it('is one and a half standard deviations where they lie apart, by ranks', () => {
    // weights log(2.5) - log(1, 2), so .8042 and .1958; sd = .4 sqrt(w1 w2) = .15873
    expect(factor([0.3, 0.7], whole, 0.1)).toBeCloseTo(0.23809, 4);
    const uniform = Array.from({ length: 1000 }, (_, i) => ((i * 387) % 1000) / 1000);
    expect(factor(uniform)).toBeCloseTo(1.5 / Math.sqrt(12), 2);
    expect(factor([0, 1, 0, 1, 0, 1, 0, 1])).toBeGreaterThan(0.7);
  });

  it('never grows without a reason: trials far outside the region count as spread', () => {
    expect(factor([0.5, 0, 1], part)).toBe(1);
  });

  it('is above 1 where the best lies on a border that is not the end of the domain', () => {
    expect(factor([0.6], part)).toBe(1.5);
    expect(factor([0.401, 0.41], part)).toBe(1.5);
    expect(factor([0.401, 0.6, 0.59, 0.58, 0.6], part)).toBeLessThanOrEqual(1);
    expect(factor([1])).toBe(0.4);
    expect(factor([0])).toBe(0.4);
    const upper = domainOf({ kind: 'float', min: 0.8, max: 1 });
    expect(factor([1], upper)).toBe(0.4);
    expect(factor([0.8], upper)).toBe(1.5);
  });

  it('has no say where there is a single value, or where there are choices', () => {
    const only = domainOf({ kind: 'int', min: 3, max: 3 });
    expect(zoomFactor({ domain: only, region: only, top: [3], shrink: 0.4 })).toBe(1);
    const choices = domainOf({ kind: 'categorical', choices: ['a', 'b'] });
    expect(zoomFactor({ domain: choices, region: choices, top: ['a'], shrink: 0.4 })).toBe(1);
  });
});
