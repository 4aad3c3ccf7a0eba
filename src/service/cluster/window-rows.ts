import { type ClusterDistance, toClusterPoints } from '../../cluster/cluster-points.js';
import { takePoints } from '../../cluster/offline/points.js';
import { finiteRows } from '../../cluster/refit-centroids.js';
import { SegtideError } from '../../errors.js';
import { readModel } from '../../model-file.js';
import type { Abortable } from '../../numeric/abortable.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import { fitScale } from '../../series/fitted-scale.js';
import { prepareSeries } from '../../series/prepare-series.js';
import type { SeriesSettings } from '../../series/series-settings.js';
import { embedWindows } from '../../train/embed-windows.js';
import { decodeArtifact } from '../../train/encode-artifact.js';
import { firstJob } from '../../train/first-job.js';
import { openModel } from '../../train/loaded-model.js';
import type { ModelArtifact } from '../../train/model-artifact.js';
import { refuseTooFew } from '../../train/refuse-too-few.js';
import { toReservoirSnapshot } from '../../train/reservoir-snapshot.js';
import type { ModelSettings, TrainingJob, TrainingResult } from '../../train/training-job.js';
import { selectWindows } from '../../train/window-rows.js';
import { isInformative } from '../../window/is-informative.js';
import type { WindowBatch } from '../../window/window-batch.js';
import type { EncodedWindows } from '../model/pick-reconstructions.js';
import type { ClusteredRows } from './clustered-rows.js';

/** What of a window is clustered: its embedding, or its prepared series as it is. */
export type ClusteredBy = 'embedding' | 'series';

export interface WindowRowsOptions {
  readonly by: ClusteredBy;
  readonly settings: ModelSettings;
  /** A model file whose embedding counts, instead of one that is fitted to the windows. */
  readonly model?: string | undefined;
  /** Windows that an encoder is fitted to at most, drawn by the seed. */
  readonly mostFitted: number;
  readonly seed: number;
  readonly train: (job: TrainingJob) => Promise<TrainingResult>;
  readonly signal?: Abortable | undefined;
}

/**
 * Windows as rows to cluster.
 *
 * @param named whether windows have customers and times
 * @throws SegtideError `config` where there are too few windows, or a model takes others; `encoder` when the training fails
 */
export async function toWindowRows(
  windows: WindowBatch,
  named: boolean,
  labels: readonly string[] | undefined,
  options: WindowRowsOptions,
): Promise<ClusteredRows> {
  const known = knownRows(windows);
  refuseTooFew(known.length, 2);
  const { by, settings } = options;
  const { distance } = settings.cluster;
  const embedded =
    by === 'embedding' ? await embed(windows, known, options) : toSeriesPoints(settings.series, windows, known);
  const { size, values } = embedded;
  const finite = new Set(finiteRows(values, size));
  const usable = known.filter((row) => finite.has(row));
  const points = takePoints(
    { length: windows.length, size, values: toClusterPoints({ embeddings: values, embeddingSize: size }, distance) },
    usable,
  );
  return {
    names: Array.from(windows.starts, (start, row) => ({
      row,
      customerId: named ? windows.ids.text(windows.customers[row]!) : null,
      windowStart: named ? start : null,
      windowEnd: named ? windows.ends[row]! : null,
    })),
    usable,
    points,
    distance,
    series:
      by === 'series'
        ? {
            length: points.length,
            steps: settings.series.steps,
            channels: settings.series.channels,
            values: points.values,
          }
        : undefined,
    labels: labels && Array.from(usable, (row) => labels[row]!),
    curves: curvesOf(windows, usable),
    modelVersion: embedded.encoded?.model.modelVersion,
    encoded: embedded.encoded,
  };
}

interface Embedded {
  readonly size: number;
  readonly values: Float32Array;
  readonly encoded?: EncodedWindows;
}

/** The same rows by the latents of their encoder, in place of its embedding. */
export function toLatentRows(rows: ClusteredRows, distance: ClusterDistance): ClusteredRows {
  const { length, latentSize: size, values } = rows.encoded!.embeddings.latents!;
  const points = toClusterPoints({ embeddings: values, embeddingSize: size }, distance);
  return { ...rows, points: takePoints({ length, size, values: points }, rows.usable), distance };
}

/** Windows of which a cell is known: of one without any there is nothing to tell, whatever its filling would make of it. */
function knownRows({ length, steps, channels, mask }: WindowBatch): Uint32Array {
  const cells = steps * channels;
  const all = Uint32Array.from({ length }, (_, row) => row);
  return all.filter((row) => mask.subarray(row * cells, (row + 1) * cells).some(isInformative));
}

/** Gaps that no filling closed count as 0: after scaling about the mean, that is the mean. */
function toSeriesPoints(settings: SeriesSettings, windows: WindowBatch, known: Uint32Array): Embedded {
  const isFitted = settings.scope === 'global' && settings.scale !== 'none';
  const scale = isFitted ? fitScale(settings, [selectWindows(windows, known)]) : undefined;
  const { steps, channels, values } = prepareSeries(settings, scale, windows);
  return { size: steps * channels, values };
}

async function embed(windows: WindowBatch, known: Uint32Array, options: WindowRowsOptions): Promise<Embedded> {
  const { model: path, settings, signal } = options;
  const artifact = path === undefined ? await fitModel(windows, known, options) : await readModel(path);
  const { windowSteps, channels } = artifact.series;
  if (windows.steps !== windowSteps || windows.channels !== channels) {
    const text = `model ${artifact.modelVersion} takes windows of ${windowSteps} × ${channels} (steps × channels); got ${windows.steps} × ${windows.channels}`;
    throw new SegtideError('config', text);
  }
  const loaded = openModel(artifact, settings.encoder);
  try {
    const embeddings = await embedWindows(loaded, windows, signal);
    return { size: embeddings.embeddingSize, values: embeddings.embeddings, encoded: { model: artifact, embeddings } };
  } finally {
    loaded.encoder.dispose?.();
  }
}

/** Fits an encoder as the trainer fits one to its reservoir. */
async function fitModel(
  windows: WindowBatch,
  known: Uint32Array,
  { settings, mostFitted, seed, train }: WindowRowsOptions,
): Promise<ModelArtifact> {
  const fitted = selectWindows(windows, sample(known, mostFitted, createRandom(seed)));
  const result = await train(
    firstJob({
      reasons: [`${fitted.length} windows`],
      seed,
      settings,
      reservoir: toReservoirSnapshot(fitted, seed),
    }),
  );
  return decodeArtifact(result.artifact);
}

function curvesOf({ steps, channels, values, mask }: WindowBatch, usable: Uint32Array): ClusteredRows['curves'] {
  const curves = new Float32Array(usable.length * steps);
  for (const [i, row] of usable.entries()) {
    for (let step = 0; step < steps; step++) {
      const at = (row * steps + step) * channels;
      curves[i * steps + step] = isInformative(mask[at]!) ? values[at]! : Number.NaN;
    }
  }
  return { steps, values: curves };
}
