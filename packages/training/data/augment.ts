import { type StreamKey, streamKey, uniformAt } from '@caviar/numerics';
import type { Workspace } from '../engine/kernels.js';
import type { TrainingJob } from '../job.js';
import { roundUp } from '../model/layout.js';
import type { Rows } from './load-rows.js';
import type { Normalization } from './normalize.js';

/** What may be done to a picture (seed 1.6). */
export const AUGMENTATIONS = ['flip', 'shift', 'rotate', 'crop', 'distort'] as const;
export type Augmentation = (typeof AUGMENTATIONS)[number];

/** What is done to the training pictures, anew in every epoch. */
export interface AugmentationChoice {
  readonly kinds: readonly Augmentation[];
  /**
   * How much, from 0 to 1: shift by up to this share of the side, rotate by up to this share of half a turn, crop up to this
   * share of the side away, move pixels by up to half this share of the side (distort).
   */
  readonly strength: number;
}

/** Draws per picture: flip, shift (2), rotate, crop (3), and two for each knot of the distortion. */
const DRAWS = 64;
/** Displacements are drawn at 4 x 4 knots and interpolated between: a smooth field. */
const KNOTS = 4;
const FIRST_KNOT_DRAW = 16;

/** A way of changing pictures: for every pixel of the result, where in the original it comes from. */
interface Warp {
  readonly flipped: boolean;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly cos: number;
  readonly sin: number;
  readonly zoom: number;
}

/** Changes training pictures on their way into a batch. Random by trial, epoch and picture alone. */
export class Augmenter {
  readonly #workspace: Workspace;
  readonly #train: Rows;
  readonly #scratch: number;
  readonly #choice: AugmentationChoice;
  readonly #normalization: Normalization;
  readonly #height: number;
  readonly #width: number;
  readonly #job: TrainingJob;
  /** Displacements at the knots of the present picture: x, then y; shares of the side. */
  readonly #knots = new Float64Array(2 * KNOTS * KNOTS);
  #key: StreamKey;

  /** `scratch` has room for a batch of rows. */
  constructor(options: {
    readonly workspace: Workspace;
    readonly train: Rows;
    readonly scratch: number;
    readonly choice: AugmentationChoice;
    readonly normalization: Normalization;
    readonly image: { readonly height: number; readonly width: number };
    readonly job: TrainingJob;
  }) {
    this.#workspace = options.workspace;
    this.#train = options.train;
    this.#scratch = options.scratch;
    this.#choice = options.choice;
    this.#normalization = options.normalization;
    this.#height = options.image.height;
    this.#width = options.image.width;
    this.#job = options.job;
    this.#key = this.#epochKey(0);
  }

  /** To be called before the batches of an epoch. */
  startEpoch(epoch: number): void {
    this.#key = this.#epochKey(epoch);
  }

  /** Writes the changed pictures of a batch, in its order, to `scratch`. */
  apply(index: number, rows: number): void {
    const { ints } = this.#workspace;
    const stride = roundUp(this.#height * this.#width, 16);
    for (let r = 0; r < rows; r++) {
      const row = ints[index + r]!;
      this.#warp(this.#train.features + row * stride, this.#scratch + r * stride, row * DRAWS);
    }
  }

  #epochKey(epoch: number): StreamKey {
    return streamKey(this.#job.searchSeed, 'trial', this.#job.trialNumber, 'augment', epoch);
  }

  /** From -1 to 1. */
  #draw(counter: number): number {
    return 2 * uniformAt(this.#key, counter) - 1;
  }

  #drawWarp(counter: number): Warp {
    const { kinds, strength } = this.#choice;
    const does = (kind: Augmentation) => kinds.includes(kind);
    const crop = does('crop') ? strength * uniformAt(this.#key, counter + 4) : 0;
    const angle = does('rotate') ? Math.PI * strength * this.#draw(counter + 3) : 0;
    const [shiftX, shiftY] = does('shift') ? [this.#draw(counter + 1), this.#draw(counter + 2)] : [0, 0];
    return {
      flipped: does('flip') && uniformAt(this.#key, counter) < 0.5,
      // A crop is a zoom to somewhere in the picture: its edges are no further apart than the outermost pixels.
      shiftX: strength * shiftX * this.#width + (crop / 2) * this.#draw(counter + 5) * (this.#width - 1),
      shiftY: strength * shiftY * this.#height + (crop / 2) * this.#draw(counter + 6) * (this.#height - 1),
      ...turn(angle),
      zoom: 1 - crop,
    };
  }

  /** Bilinear interpolation of the original; what lies outside of it is 0. */
  #warp(from: number, to: number, counter: number): void {
    const { floats } = this.#workspace;
    const { mean, sigma } = this.#normalization;
    const [height, width] = [this.#height, this.#width];
    const { flipped, shiftX, shiftY, cos, sin, zoom } = this.#drawWarp(counter);
    const distorts = this.#choice.kinds.includes('distort');
    if (distorts) {
      const limit = this.#choice.strength / 2;
      for (let k = 0; k < this.#knots.length; k++) this.#knots[k] = limit * this.#draw(counter + FIRST_KNOT_DRAW + k);
    }
    const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
    const raw = (x: number, y: number): number => {
      if (x < 0 || y < 0 || x >= width || y >= height) return 0;
      const pixel = y * width + x;
      return floats[from + pixel]! * sigma[pixel]! + mean[pixel]!;
    };
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const dx = (flipped ? centreX - x : x - centreX) * zoom;
        const dy = (y - centreY) * zoom;
        let sourceX = centreX + cos * dx - sin * dy + shiftX;
        let sourceY = centreY + sin * dx + cos * dy + shiftY;
        if (distorts) {
          sourceX += this.#displacement(x / width, y / height, 0) * width;
          sourceY += this.#displacement(x / width, y / height, KNOTS * KNOTS) * height;
        }
        const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
        const [right, bottom] = [sourceX - left, sourceY - top];
        const value =
          (raw(left, top) * (1 - right) + raw(left + 1, top) * right) * (1 - bottom) +
          (raw(left, top + 1) * (1 - right) + raw(left + 1, top + 1) * right) * bottom;
        const pixel = y * width + x;
        floats[to + pixel] = (value - mean[pixel]!) / sigma[pixel]!;
      }
    }
  }

  /** The smooth random field at (u, v) in the unit square, interpolated between its knots. */
  #displacement(u: number, v: number, firstKnot: number): number {
    const [gridX, gridY] = [u * (KNOTS - 1), v * (KNOTS - 1)];
    const [column, row] = [Math.floor(gridX), Math.floor(gridY)];
    const [right, down] = [gridX - column, gridY - row];
    const at = firstKnot + row * KNOTS + column;
    const knots = this.#knots;
    return (
      (knots[at]! * (1 - right) + knots[at + 1]! * right) * (1 - down) +
      (knots[at + KNOTS]! * (1 - right) + knots[at + KNOTS + 1]! * right) * down
    );
  }
}

/**
 * Cosine and sine by their series, which for half a turn at most is exact to the last bit or two: `Math.cos` may differ
 * between JavaScript engines.
 */
function turn(angle: number): { readonly cos: number; readonly sin: number } {
  let [cos, sin, term] = [0, 0, 1];
  for (let n = 0; n < 40; n++) {
    const sign = n % 4 < 2 ? 1 : -1;
    if (n % 2 === 0) cos += sign * term;
    else sin += sign * term;
    term *= angle / (n + 1);
  }
  return { cos, sin };
}
