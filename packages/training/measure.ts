import type { Metrics } from '@caviar/spec';
import { evaluate } from './evaluate.js';
import { activationStatistics, gradientNorm, sparsity } from './model/layer-statistics.js';
import { learningRateAt } from './optim/learning-rate.js';
import type { Setup } from './setup.js';
import type { Progress } from './train.js';

/** Examples of the dev set that the layers' statistics are taken on, at most. */
const STATISTICS_ROWS = 256;

/**
 * What is reported of an epoch: loss and error of the train and dev parts, learning rate, and how the layers do. The test
 * part stays sealed: its rows are not even loaded.
 */
export function measure(setup: Setup, progress: Progress, epoch: number): Metrics {
  const { workspace, network, train, dev, regions, dataset, params, layout } = setup;
  network.prepareInference(progress.batchNormPower);
  const metrics: Record<string, number | null> = {};
  const report = (name: string, value: number) => {
    metrics[name] = Number.isFinite(value) ? value : null;
  };
  for (const [part, rows] of Object.entries({ train, dev })) {
    const { loss, error } = evaluate(setup, rows);
    report(`${part}.loss`, loss);
    if (dataset.info.task === 'regression') report(`${part}.rmse`, error);
    else {
      report(`${part}.error`, error);
      report(`${part}.accuracy`, 1 - error);
    }
  }
  report('learningRate', learningRateAt(params, epoch));
  if (params.l1 > 0) report('weights.sparsity', sparsity(workspace, layout));

  const rows = Math.min(STATISTICS_ROWS, dev.count, layout.capacity);
  if (layout.layers.length > 1) {
    network.gather(dev.features, regions.sequence, rows);
    network.forward(rows, null);
  }
  layout.layers.forEach((layer, l) => {
    const name = `layer${l + 1}`;
    report(`${name}.gradientNorm`, gradientNorm(workspace, layout, layer));
    if (layer.activation === null) return;
    const statistics = activationStatistics(workspace, layer, rows);
    report(`${name}.activationMean`, statistics.mean);
    report(`${name}.activationVariance`, statistics.variance);
    if (layer.activation === 'relu') report(`${name}.deadUnits`, statistics.deadShare);
  });
  return metrics;
}

/** The dev set's figure that early stopping watches: error, or rmse for regression. */
export function devError(metrics: Metrics): number | null {
  return metrics['dev.error'] ?? metrics['dev.rmse'] ?? null;
}
