import { assign } from '../../cluster/assign.js';
import { statistics } from '../../cluster/statistics.js';
import { toDriftObservation } from '../../drift/drift-observation.js';
import type { Encoder } from '../../encode/encoder.js';
import type { WindowBatch } from '../../window/window-batch.js';
import { describeSegments } from '../describe-segments.js';
import { embedWindows } from '../embed-windows.js';
import { encodeArtifact } from '../encode-artifact.js';
import type { ModelArtifact } from '../model-artifact.js';
import { PROVISIONAL_NUMBER } from '../provisional.js';
import type { TrainingJob, TrainingResult } from '../training-job.js';
import type { Challenger } from './fit-challenger.js';
import type { Judgement } from './judge-challenger.js';
import type { TrainingWindows } from './training-windows.js';

/** What a training tells: its model, what its segments look like, and what later windows are compared with. */
export async function toTrainingResult(
  artifact: ModelArtifact,
  challenger: Challenger,
  { decision, isSound, warnings }: Judgement,
  { split: { heldOut }, surplus }: TrainingWindows,
  { number, settings, formerProfiles }: TrainingJob,
): Promise<TrainingResult> {
  const { encoder, fit, chosen, match } = challenger;
  const { modelVersion, clusterModel } = artifact;
  // By the name that the model has by now.
  const assignments = { ...challenger.assignments, model: clusterModel };
  return {
    artifact: encodeArtifact(artifact),
    modelVersion,
    promoted: decision.promoted,
    isSound,
    why: [...decision.reasons, ...warnings],
    values: decision.values,
    views: fit.views,
    kAdvice: chosen.tried,
    profiles: await describeSegments(
      { encoder, settings: settings.series },
      assignments,
      settings.calendar,
      formerProfiles,
      surplus,
    ),
    lineage: match.lineage,
    ...(number === PROVISIONAL_NUMBER ? { reference: undefined } : await toReferences(artifact, encoder, heldOut)),
    nextSegmentNumber: match.nextSegmentNumber,
  };
}

/** Of windows that the model has not learnt from: its errors on those that it has are lower than on any to come. */
async function toReferences(
  { series, scale, clusterModel }: ModelArtifact,
  encoder: Encoder,
  heldOut: WindowBatch,
): Promise<Pick<TrainingResult, 'reference' | 'watched'>> {
  const model = { encoder, settings: series, scale: scale ?? undefined };
  const judged = assign(clusterModel, await embedWindows(model, heldOut));
  return {
    reference: severalWaves(heldOut) ? toDriftObservation(judged) : undefined,
    watched: {
      statistics: statistics(clusterModel, judged),
      start: Math.min(...heldOut.starts),
      end: Math.max(...heldOut.ends),
    },
  };
}

/** Windows that close together come longest-known customers first, so that part of one wave stands for nothing. */
function severalWaves({ ends }: WindowBatch): boolean {
  return ends.some((end) => end !== ends[0]);
}
