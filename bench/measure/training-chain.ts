import { decodeArtifact } from '../../src/train/encode-artifact.js';
import type { ModelArtifact } from '../../src/train/model-artifact.js';
import { toReservoirSnapshot } from '../../src/train/reservoir-snapshot.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { Champion, ModelSettings, TrainingResult } from '../../src/train/training-job.js';
import type { WindowBatch } from '../../src/window/window-batch.js';

/** One model of a chain. */
export interface ChainedModel {
  readonly result: TrainingResult;
  readonly artifact: ModelArtifact;
}

/**
 * Trains models one after the other, each with the one before as its champion, whatever the gate said of that.
 *
 * @returns trains the next one; `fresh` begins from new weights and new places
 */
export function createTrainingChain(
  settings: ModelSettings,
  seed: number,
): (windows: WindowBatch, fresh: boolean) => Promise<ChainedModel> {
  let trained = 0;
  let champion: Champion | undefined;
  let nextSegmentNumber = 1;
  return async (windows, fresh) => {
    const result = await runTrainingJob({
      number: trained + 1,
      reasons: [],
      seed: 1000 * seed + trained,
      settings,
      reservoir: toReservoirSnapshot(windows, seed),
      champion,
      fresh,
      nextSegmentNumber,
    });
    const artifact = decodeArtifact(result.artifact);
    trained++;
    champion = { artifact: result.artifact, clusterModel: artifact.clusterModel };
    nextSegmentNumber = result.nextSegmentNumber;
    return { result, artifact };
  };
}
