import { stream } from '@caviar/numerics';
import { describe, expect, it } from 'vitest';
import { dropoutBits, dropoutThreshold } from './dropout-bits.js';

describe('dropoutBits', () => {
  it('are uniform, and independent between neighbours and between keys', () => {
    const n = 200_000;
    const threshold = dropoutThreshold(0.8);
    const random = stream(1, 'keys');
    for (let repeat = 0; repeat < 5; repeat++) {
      const [key0, key1, other0, other1] = [random.uint32(), random.uint32(), random.uint32(), random.uint32()];
      let kept = 0;
      let pairs = 0;
      let across = 0;
      for (let i = 0; i < n; i++) {
        const keep = dropoutBits(i, key0, key1) < threshold;
        if (keep) kept++;
        if (keep && dropoutBits(i + 1, key0, key1) < threshold) pairs++;
        if (keep && dropoutBits(i, other0, other1) < threshold) across++;
      }
      // Five standard deviations: sqrt(0.16 / n) = 0.0009 and sqrt(0.64 * 0.36 / n) = 0.0011.
      expect(Math.abs(kept / n - 0.8)).toBeLessThan(0.0045);
      expect(Math.abs(pairs / n - 0.64)).toBeLessThan(0.0055);
      expect(Math.abs(across / n - 0.64)).toBeLessThan(0.0055);
    }
  });

  it('keeps everything at 1', () => {
    expect(dropoutThreshold(1)).toBe(2_147_483_647);
  });
});
