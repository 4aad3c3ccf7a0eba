import { SegtideError } from '../errors.js';
import type { SeriesSettings } from '../series/series-settings.js';
import { encodeArtifact } from './encode-artifact.js';
import type { ModelArtifact } from './model-artifact.js';
import type { Champion, ModelSettings } from './training-job.js';

/** A model from elsewhere that a stream starts with. */
export interface AdoptedModel {
  readonly modelVersion: string;
  readonly champion: Champion;
  /** Number of the model; that of the next is above it. */
  readonly number: number;
  readonly nextSegmentNumber: number;
}

/**
 * Takes over a model that was not trained in the stream that is to start with it. Windows and series must be made as it
 * was made for them; encoder, segments and all that concerns retraining may be set otherwise.
 *
 * A model does not know how long its steps were, nor how its windows overlapped: that is for its user to know.
 *
 * @throws SegtideError `state` that lists every setting of windows and series in which the two differ
 */
export function adoptModel(model: ModelArtifact, settings: Pick<ModelSettings, 'series' | 'seriesHash'>): AdoptedModel {
  const differences = differingSettings(model.series, settings.series);
  if (differences.length > 0) {
    throw new SegtideError(
      'state',
      `Model ${model.modelVersion} was made for other windows or series: ${differences.join('; ')}. Set these as for the model, or train anew.`,
    );
  }
  const adopted = { ...model, seriesHash: settings.seriesHash };
  const segments = [...model.clusterModel.segmentIds, ...model.lineage.map(({ segmentId }) => segmentId)];
  return {
    modelVersion: model.modelVersion,
    champion: { artifact: encodeArtifact(adopted), clusterModel: model.clusterModel },
    number: Number(/^v(\d+)/.exec(model.modelVersion)?.[1] ?? 1),
    nextSegmentNumber: 1 + Math.max(0, ...segments.map((id) => Number(/^s(\d+)$/.exec(id)?.[1] ?? 0))),
  };
}

function differingSettings(theirs: SeriesSettings, ours: SeriesSettings): readonly string[] {
  return (Object.keys(ours) as (keyof SeriesSettings)[])
    .filter((name) => theirs[name] !== ours[name])
    .map((name) => `${NAMES[name] ?? `series.${name}`} is ${theirs[name]} in the model and ${ours[name]} here`);
}

/** What settings are called where they are set; the others as they are, in `series`. */
const NAMES: Partial<Record<keyof SeriesSettings, string>> = {
  windowSteps: 'window.steps',
  channels: 'the number of channels',
  steps: 'the length of a series',
};
