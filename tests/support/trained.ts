import type { Dataset, Metrics, Params, TrainedModel } from '@caviar/spec';
import { splitRows } from '../../packages/training/data/split.js';
import { chooseEngine } from '../../packages/training/engine/simd/engine.js';
import { clouds, drain, lastMetrics, mlpJob } from '../../packages/training/fixtures/jobs.js';
import { exportModel, startTraining } from '../../packages/training/index.js';
import { restoreRun } from '../../packages/training/run-state.js';
import { setUp } from '../../packages/training/setup.js';

/** A trained network, the rows of its dev part as they lie in the data set, and what the engine says of each: z, or a value. */
export interface Trained {
  readonly model: TrainedModel;
  readonly metrics: Metrics;
  readonly features: Float32Array;
  readonly rows: readonly number[];
  readonly engine: readonly (readonly number[])[];
}

export function trained(dataset: Dataset, params: Params): Trained {
  const job = mlpJob(dataset, { epochs: 3, hiddenUnits: 9, hiddenLayers: 2, learningRate: 0.02, ...params });
  const run = startTraining(job);
  const metrics = lastMetrics(drain(run));
  const checkpoint = run.checkpoint();
  const setup = setUp(job, chooseEngine().open);
  const { progress } = restoreRun(checkpoint, setup);
  const { network, workspace, dev, regions, layout, targetNormalization } = setup;
  network.prepareInference(progress.batchNormPower);
  const last = layout.layers.at(-1)!;
  const engine: number[][] = [];
  for (let row = 0; row < dev.count; row++) {
    network.gather(dev.features, regions.sequence + row, 1);
    network.forward(1, null);
    // One row, padded to four: panel p begins at 4 p width.
    const at = (o: number) => last.output + Math.floor(o / last.outWidth) * 4 * last.outWidth + (o % last.outWidth);
    const { mean, sigma } = targetNormalization;
    engine.push(Array.from({ length: last.outSize }, (_, o) => workspace.floats[at(o)]! * sigma + mean));
  }
  const rows = [...splitRows(dataset, { train: 0.6, dev: 0.2, test: 0.2 }, job.searchSeed).dev];
  const width = dataset.info.features;
  const features = Float32Array.from(
    rows.flatMap((row) => [...dataset.features.subarray(row * width, (row + 1) * width)]),
  );
  return { model: exportModel(job, checkpoint, { metrics }), metrics, features, rows, engine };
}

/** Rows of two numeric columns, one with gaps and far from 0, and one of 90 categories with gaps: the class hangs on all of them. */
export function mixedTable(classes: number | null): Dataset {
  const base = clouds({ rows: 400, features: 2, classes });
  const categories = Array.from({ length: 90 }, (_, i) => `c${i}`);
  const features = new Float32Array(400 * 3);
  for (let row = 0; row < 400; row++) {
    const far = 2000 + 3 * base.features[2 * row]!;
    const code = (row * 37) % 97;
    features.set(
      [base.features[2 * row + 1]!, row % 7 === 0 ? Number.NaN : far, code < 90 ? code : Number.NaN],
      3 * row,
    );
  }
  return {
    ...base,
    info: { ...base.info, features: 3 },
    features,
    columns: [
      { kind: 'numeric', name: 'near' },
      { kind: 'numeric', name: 'far' },
      { kind: 'categorical', name: 'kind', categories },
    ],
  };
}
