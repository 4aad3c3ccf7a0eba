import type { AnomalyModel } from '../anomaly/anomaly-model.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import type { Encoder } from '../encode/encoder.js';
import type { EncoderOptions } from '../encode/encoder-options.js';
import { type OpenEncoder, openEncoder } from '../encode/open-encoder.js';
import { openEncoderWith } from '../encode/plugin-encoders.js';
import type { VraeEngine } from '../encode/vrae/vrae-options.js';
import { SegtideError } from '../errors.js';
import type { FittedScale } from '../series/fitted-scale.js';
import type { SeriesSettings } from '../series/series-settings.js';
import type { Alignment } from './alignment.js';
import { fromEncoderTensors, toEncoderKind } from './encoder-tensors.js';
import type { ModelArtifact } from './model-artifact.js';

/** A model version ready for use: scale, encoder, centroids and map that belong together. */
export interface LoadedModel {
  readonly version: string;
  readonly settings: SeriesSettings;
  readonly scale: FittedScale | undefined;
  readonly encoder: Encoder;
  readonly cluster: ClusterModel;
  /** Undefined where it can't tell usual windows from others. */
  readonly anomaly: AnomalyModel | undefined;
  /** Undefined where its embeddings are not mapped. */
  readonly alignment: Alignment | undefined;
}

/**
 * Makes a stored model ready for use.
 *
 * @param seriesHash hash of the settings in force
 * @param engine what computes; any engine opens what any other one trained
 * @param open makes the encoder. @default one that encodes in the caller's thread
 * @throws SegtideError `state` when the model was fitted under other settings, or its encoder is of an unknown kind.
 */
export function loadModel(
  artifact: ModelArtifact,
  settings: SeriesSettings,
  seriesHash: string,
  engine: VraeEngine = 'auto',
  open: OpenEncoder = openEncoder,
): LoadedModel {
  refuseUnfit(artifact, seriesHash);
  return {
    version: artifact.modelVersion,
    settings,
    scale: artifact.scale ?? undefined,
    encoder: open(fromEncoderTensors(artifact.encoder), artifact.modelVersion, engine),
    cluster: artifact.clusterModel,
    anomaly: artifact.anomaly ?? undefined,
    alignment: artifact.alignment ?? undefined,
  };
}

/**
 * Refuses a model that could not be used here.
 *
 * @throws SegtideError `state` when it was fitted under other settings, or its encoder is of an unknown kind.
 */
export function refuseUnfit(artifact: ModelArtifact, seriesHash: string): void {
  if (artifact.seriesHash !== seriesHash) {
    throw new SegtideError(
      'state',
      `Model ${artifact.modelVersion} was fitted under other settings of window and series (${artifact.seriesHash}, now ${seriesHash}). Restore them, or train anew.`,
    );
  }
  toEncoderKind(artifact.encoder.kind);
}

/** What of the settings of an encoder any model is opened with. */
export type OpenSettings = Pick<EncoderOptions, 'engine' | 'plugins'>;

/**
 * Makes a stored model ready for use on windows that are prepared as it says itself.
 *
 * @param settings engine that computes, which opens what any other one trained, and encoders of the user's own
 * @throws SegtideError `state` when its encoder is of an unknown kind, or a plug-in that is not among them.
 */
export function openModel(artifact: ModelArtifact, { engine = 'auto', plugins = [] }: OpenSettings = {}): LoadedModel {
  return loadModel(artifact, artifact.series, artifact.seriesHash, engine, openEncoderWith(plugins));
}
