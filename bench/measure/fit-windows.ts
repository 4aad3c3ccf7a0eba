import type { AnomalyModel } from '../../src/anomaly/anomaly-model.js';
import { assign } from '../../src/cluster/assign.js';
import type { AssignmentBatch } from '../../src/cluster/assignment-batch.js';
import { prepareSeries } from '../../src/series/prepare-series.js';
import type { SeriesBatch } from '../../src/series/series-batch.js';
import type { SeriesSettings } from '../../src/series/series-settings.js';
import { configSchema } from '../../src/service/config/schema.js';
import { modelSettingsFor } from '../../src/service/model/model-settings.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { openModel } from '../../src/train/loaded-model.js';
import { toReservoirSnapshot } from '../../src/train/reservoir-snapshot.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { WindowBatch } from '../../src/window/window-batch.js';

/** A stream's first model, ready for use. */
export interface FittedModel {
  readonly anomaly: AnomalyModel;
  readonly series: SeriesSettings;
  prepare(windows: WindowBatch): SeriesBatch;
  assign(windows: WindowBatch): Promise<AssignmentBatch>;
}

/** Fits a model with 8 segments to windows, as the trainer does. */
export async function fitWindows(windows: WindowBatch, seed: number): Promise<FittedModel> {
  const config = configSchema.parse({ run: { seed } });
  const settings = modelSettingsFor(config, windows, 8);
  const { artifact } = await runTrainingJob({
    ...{ number: 1, reasons: [], seed, settings, champion: undefined, fresh: true, nextSegmentNumber: 1 },
    reservoir: toReservoirSnapshot(windows, seed),
  });
  const model = openModel(decodeArtifact(artifact));
  if (model.anomaly === undefined) throw new Error('there were too few windows to tell what is usual');
  const prepare = (those: WindowBatch): SeriesBatch => prepareSeries(model.settings, model.scale, those);
  return {
    anomaly: model.anomaly,
    series: model.settings,
    prepare,
    assign: async (those) => assign(model.cluster, await model.encoder.encode(prepare(those))),
  };
}
