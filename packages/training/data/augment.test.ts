import { loadDataset } from '@caviar/datasets';
import { describe, expect, it } from 'vitest';
import { openDoubleWorkspace } from '../engine/scalar/workspace.js';
import { clouds, drain, mlpJob } from '../fixtures/jobs.js';
import { setUp } from '../setup.js';
import { startTraining } from '../start-training.js';

const digits = await loadDataset('digits');

/** The first training pictures before and after augmentation, as raw pixels. */
function augmented(params: object, epoch = 0): { before: number[][]; after: number[][] } {
  const job = mlpJob(digits, { batchSize: 64, normalizeInputs: false, ...params });
  const { workspace, train, augmenter, augmented: scratch, regions } = setUp(job, openDoubleWorkspace);
  augmenter!.startEpoch(epoch);
  augmenter!.apply(regions.sequence, 64);
  const pictures = (offset: number) =>
    Array.from({ length: 64 }, (_, r) => [...workspace.floats.subarray(offset + 64 * r, offset + 64 * r + 64)]);
  return { before: pictures(train.features), after: pictures(scratch!) };
}

const mirrored = (picture: readonly number[]) => picture.map((_, i) => picture[i - (i % 8) + 7 - (i % 8)]!);
const total = (pictures: readonly number[][]) => pictures.flat().reduce((a, b) => a + b, 0);

describe('augmentation (1.6)', () => {
  it('flips about half of the pictures, and only that', () => {
    const { before, after } = augmented({ augmentation: 'flip' });
    let flipped = 0;
    after.forEach((picture, r) => {
      const same = picture.every((x, i) => Math.abs(x - before[r]![i]!) < 1e-9);
      if (!same) {
        flipped++;
        mirrored(before[r]!).forEach((x, i) => {
          expect(picture[i]).toBeCloseTo(x, 9);
        });
      }
    });
    expect(flipped).toBeGreaterThan(16);
    expect(flipped).toBeLessThan(48);
  });

  it.each(['shift', 'rotate', 'crop', 'distort'])(
    '%s changes every picture a little, and at strength 0 none',
    (kind) => {
      const { before, after } = augmented({ augmentation: kind, augmentationStrength: 0.1 });
      const change = after.map((picture, r) => picture.reduce((sum, x, i) => sum + Math.abs(x - before[r]![i]!), 0));
      const size = total(before) / 64;
      expect(change.filter((x) => x > 1).length).toBeGreaterThan(60);
      expect(change.reduce((a, b) => a + b, 0) / 64).toBeLessThan(0.8 * size);
      // Ink is moved, not made.
      expect(Math.abs(total(after) / total(before) - 1)).toBeLessThan(0.15);
      const none = augmented({ augmentation: kind, augmentationStrength: 0 });
      none.after.flat().forEach((x, i) => {
        expect(x).toBeCloseTo(none.before.flat()[i]!, 9);
      });
    },
  );

  it('rotates by up to half a turn: at strength 1 some pictures are upside down', () => {
    const { before, after } = augmented({ augmentation: 'rotate', augmentationStrength: 1 });
    const upsideDown = after.filter((picture, r) => {
      const turned = before[r]!.toReversed();
      return picture.reduce((sum, x, i) => sum + Math.abs(x - turned[i]!), 0) < 0.25 * total([turned]);
    });
    expect(upsideDown.length).toBeGreaterThan(1);
  });

  it('is another in every epoch, the same in the same, and together with normalisation', () => {
    const params = { augmentation: ['shift', 'rotate'] };
    expect(augmented(params, 1)).toEqual(augmented(params, 1));
    expect(augmented(params, 1).after).not.toEqual(augmented(params, 2).after);
    const job = mlpJob(digits, { ...params, epochs: 4, keepProb: 0.9 });
    const whole = drain(startTraining(job));
    const run = startTraining(job);
    run.next();
    run.next();
    expect(drain(startTraining(job, run.checkpoint()))).toEqual(whole.slice(2));
  });

  it('is refused for data that are no pictures', () => {
    const points = clouds({ rows: 30, features: 4, classes: 2 });
    expect(() => startTraining(mlpJob(points, { augmentation: 'shift' }))).toThrow(
      expect.objectContaining({ path: ['params', 'augmentation'] }),
    );
  });
});
