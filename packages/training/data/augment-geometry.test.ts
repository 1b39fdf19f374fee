import type { Dataset, Params } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { openDoubleWorkspace } from '../engine/scalar/workspace.js';
import { clouds, mlpJob } from '../fixtures/jobs.js';
import { setUp } from '../setup.js';

// A picture whose pixels are their own x, and one whose pixels are their own y, say after a change where every pixel came
// from: interpolation is exact on a ramp. What comes from outside is 0, and is told by a third picture, all 1.

const [HEIGHT, WIDTH, PICTURES] = [9, 13, 200];
const CENTRE = { x: (WIDTH - 1) / 2, y: (HEIGHT - 1) / 2 };

interface Pixel {
  readonly x: number;
  readonly y: number;
  /** Where it came from; null where part of it came from outside. */
  readonly from: { readonly x: number; readonly y: number } | null;
}

function ramp(height: number, width: number, value: (x: number, y: number) => number): Dataset {
  const rows = PICTURES / 0.5;
  const dataset = clouds({ rows, features: height * width, classes: null });
  const features = Float32Array.from({ length: rows * height * width }, (_, i) => {
    const pixel = i % (height * width);
    return value(pixel % width, Math.floor(pixel / width));
  });
  return { ...dataset, info: { ...dataset.info, image: { height, width } }, features };
}

/** Where the pixels of every picture come from. */
function sources(params: Params, [height, width] = [HEIGHT, WIDTH]): Pixel[][] {
  const changed = (value: (x: number, y: number) => number) => {
    const job = mlpJob(ramp(height, width, value), { normalizeInputs: false, batchSize: 'full', ...params });
    const trainer = { ...job.trainer, split: { train: 0.5, dev: 0.25, test: 0.25 } } as typeof job.trainer;
    const { workspace, augmenter, augmented, regions } = setUp({ ...job, trainer }, openDoubleWorkspace);
    augmenter!.startEpoch(3);
    augmenter!.apply(regions.sequence, PICTURES);
    const stride = Math.ceil((height * width) / 16) * 16;
    return (picture: number, pixel: number) => workspace.floats[augmented! + picture * stride + pixel]!;
  };
  const [xs, ys, ones] = [changed((x) => x), changed((_, y) => y), changed(() => 1)];
  return Array.from({ length: PICTURES }, (_, picture) =>
    Array.from({ length: height * width }, (_, pixel) => ({
      x: pixel % width,
      y: Math.floor(pixel / width),
      from: ones(picture, pixel) < 1 - 1e-9 ? null : { x: xs(picture, pixel), y: ys(picture, pixel) },
    })),
  );
}

const inside = (picture: readonly Pixel[]) =>
  picture.flatMap(({ x, y, from }) => (from === null ? [] : [{ x, y, from }]));
const spread = (xs: readonly number[]) => ({ least: Math.min(...xs), most: Math.max(...xs) });

describe('what becomes of a picture that is wider than high', () => {
  it('flip: x is turned round in about half of them, and y never', () => {
    const pictures = sources({ augmentation: 'flip' });
    let flipped = 0;
    for (const picture of pictures) {
      const turned = picture[0]!.from!.x > 1;
      if (turned) flipped++;
      for (const { x, y, from } of picture) {
        expect(from?.x).toBeCloseTo(turned ? WIDTH - 1 - x : x, 9);
        expect(from?.y).toBeCloseTo(y, 9);
      }
    }
    // Five standard deviations of a binomial of 200 and 1/2.
    expect(Math.abs(flipped - PICTURES / 2)).toBeLessThan(36);
  });

  it('shift: every pixel by as much, up to the strength times the side, in both directions', () => {
    const shifts = sources({ augmentation: 'shift', augmentationStrength: 0.2 }).map((picture) => {
      const moved = inside(picture).map(({ x, y, from }) => ({ x: from.x - x, y: from.y - y }));
      for (const { x, y } of moved) {
        expect(x).toBeCloseTo(moved[0]!.x, 9);
        expect(y).toBeCloseTo(moved[0]!.y, 9);
      }
      return moved[0]!;
    });
    for (const [side, axis] of [
      [WIDTH, 'x'],
      [HEIGHT, 'y'],
    ] as const) {
      const { least, most } = spread(shifts.map((shift) => shift[axis]));
      expect(least).toBeGreaterThanOrEqual(-0.2 * side);
      expect(least).toBeLessThan(-0.18 * side);
      expect(most).toBeLessThanOrEqual(0.2 * side);
      expect(most).toBeGreaterThan(0.18 * side);
    }
  });

  it('rotate: about the centre, keeping all distances, by up to the strength times half a turn', () => {
    const angles = sources({ augmentation: 'rotate', augmentationStrength: 0.25 }).map((picture) => {
      const pixels = inside(picture);
      const turns = pixels.flatMap(({ x, y, from }) => {
        const [before, after] = [
          { x: x - CENTRE.x, y: y - CENTRE.y },
          { x: from.x - CENTRE.x, y: from.y - CENTRE.y },
        ];
        expect(Math.hypot(after.x, after.y)).toBeCloseTo(Math.hypot(before.x, before.y), 9);
        const turn = Math.atan2(before.x * after.y - before.y * after.x, before.x * after.x + before.y * after.y);
        return before.x === 0 && before.y === 0 ? [] : [turn];
      });
      for (const turn of turns) expect(turn).toBeCloseTo(turns[0]!, 9);
      return turns[0]!;
    });
    const { least, most } = spread(angles);
    expect(Math.max(-least, most)).toBeLessThanOrEqual(Math.PI / 4);
    expect(least).toBeLessThan(-0.9 * (Math.PI / 4));
    expect(most).toBeGreaterThan(0.9 * (Math.PI / 4));
  });

  it('crop: a smaller part of the picture, with its proportions, wholly inside', () => {
    const zooms = sources({ augmentation: 'crop', augmentationStrength: 0.5 }).map((picture) => {
      const pixels = inside(picture);
      expect(pixels).toHaveLength(HEIGHT * WIDTH);
      const [first, last] = [pixels[0]!.from, pixels.at(-1)!.from];
      const zoom = { x: (last.x - first.x) / (WIDTH - 1), y: (last.y - first.y) / (HEIGHT - 1) };
      expect(zoom.x).toBeCloseTo(zoom.y, 9);
      for (const { x, y, from } of pixels) {
        expect(from.x).toBeCloseTo(first.x + zoom.x * x, 9);
        expect(from.y).toBeCloseTo(first.y + zoom.y * y, 9);
      }
      return zoom.x;
    });
    const { least, most } = spread(zooms);
    expect(least).toBeGreaterThanOrEqual(0.5);
    expect(least).toBeLessThan(0.53);
    expect(most).toBeGreaterThan(0.97);
    expect(most).toBeLessThanOrEqual(1);
  });

  it('distort: smoothly, by up to half the strength times the side', () => {
    const pictures = sources({ augmentation: 'distort', augmentationStrength: 0.2 });
    const moved = pictures.flatMap(inside).map(({ x, y, from }) => ({ x: from.x - x, y: from.y - y }));
    const [ofX, ofY] = [spread(moved.map(({ x }) => x)), spread(moved.map(({ y }) => y))];
    expect(Math.max(-ofX.least, ofX.most)).toBeLessThanOrEqual(0.1 * WIDTH + 1e-9);
    expect(Math.max(-ofY.least, ofY.most)).toBeLessThanOrEqual(0.1 * HEIGHT + 1e-9);
    expect(Math.min(-ofX.least, ofX.most)).toBeGreaterThan(0.07 * WIDTH);
    // From one pixel to the next the field changes by a part of what lies between two of its knots: a third of the side.
    for (const picture of pictures) {
      for (let i = 1; i < picture.length; i++) {
        const [a, b] = [picture[i - 1]!, picture[i]!];
        if (b.x === 0 || a.from === null || b.from === null) continue;
        expect(Math.abs(b.from.x - b.x - (a.from.x - a.x))).toBeLessThanOrEqual((2 * 0.1 * WIDTH * 3) / WIDTH + 1e-9);
      }
    }
  });

  it('all at once differ from picture to picture', () => {
    const all = sources({ augmentation: ['flip', 'shift', 'rotate', 'crop', 'distort'] });
    const centres = all.map((picture) => JSON.stringify(picture[Math.floor(HEIGHT / 2) * WIDTH + 6]!.from));
    expect(new Set(centres).size).toBeGreaterThan(PICTURES - 5);
  });
});

describe.each([
  [1, 1],
  [1, 7],
  [7, 1],
  [2, 3],
])('a picture of %i x %i', (height, width) => {
  it.each(['flip', 'crop'])('stays inside itself under %s', (augmentation) => {
    for (const picture of sources({ augmentation, augmentationStrength: 1 }, [height, width])) {
      for (const { from } of picture) {
        expect(from).not.toBeNull();
        expect(from!.x).toBeGreaterThanOrEqual(0);
        expect(from!.x).toBeLessThanOrEqual(width - 1);
      }
    }
  });
});
