import { describe, expect, it } from 'vitest';
import { fastNormalCdf } from './fast-normal.js';
import { normalCdf } from './normal.js';

describe('fastNormalCdf', () => {
  it('is within 1e-10 of the exact function, and never falls', () => {
    let before = 0;
    for (let x = -9; x <= 9; x += 0.001_37) {
      const y = fastNormalCdf(x);
      expect(Math.abs(y - normalCdf(x))).toBeLessThan(1e-10);
      expect(y).toBeGreaterThanOrEqual(before);
      before = y;
    }
  });

  it('gives the limits', () => {
    expect([-Infinity, -8, 0, 8, Infinity].map(fastNormalCdf)).toEqual([0, 0, 0.5, 1, 1]);
  });
});
