import { decodeArtifact } from '../train/encode-artifact.js';
import type { RequestOf } from '../train/model-request.js';
import { reinstateModel } from '../train/reinstate-model.js';
import type { Reservoir } from '../train/reservoir.js';
import type { RetrainSchedule } from '../train/retrain-schedule.js';
import type { ModelSettings } from '../train/training-job.js';
import type { BehaviourWatch } from './behaviour-watch.js';
import type { CentroidEpochs } from './centroid-epochs.js';
import type { LabelAgreement } from './label-agreement.js';
import { inWords, type ModelLife } from './model-life.js';
import type { SegmentsInForce } from './segments-in-force.js';
import type { TrainerParts } from './trainer-parts.js';
import { type TrainerPosition, toLifeMoment } from './trainer-position.js';
import type { ConcludedTraining, Trainings } from './trainings.js';

/** The two ways in which another model comes into force, with all that goes by the model in force. */
export interface Takeover {
  /** Takes a challenger into force that the gate let through. */
  promote(training: ConcludedTraining): Promise<void>;
  /**
   * Takes a model into force that is kept, as somebody asks for by hand.
   *
   * @throws SegtideError `state` that says why it can't be done
   */
  reinstate(request: RequestOf<'promote' | 'rollback'>): Promise<void>;
}

/** What of the trainer goes by the model in force. */
export interface TakeoverContext {
  readonly position: TrainerPosition;
  readonly reservoir: Pick<Reservoir, 'toWindows'>;
  readonly schedule: Pick<RetrainSchedule, 'replaced'>;
  readonly segments: SegmentsInForce;
  readonly life: ModelLife;
  readonly watch: BehaviourWatch;
  readonly epochs: CentroidEpochs;
  readonly agreement: Pick<LabelAgreement, 'beginAnew'>;
  readonly trainings: Pick<Trainings, 'abandon'>;
}

export function createTakeover(
  settings: ModelSettings,
  parts: Pick<TrainerParts, 'publishModel'>,
  { position, reservoir, schedule, segments, life, watch, epochs, agreement, trainings }: TakeoverContext,
): Takeover {
  return {
    async promote({ result, job }) {
      const { artifact, modelVersion, reference, watched, lineage } = result;
      const before = position.champion?.clusterModel;
      await life.promoted(modelVersion, toLifeMoment(position), before);
      const { clusterModel } = decodeArtifact(artifact);
      position.champion = { artifact, clusterModel };
      epochs.beginAnew();
      agreement.beginAnew();
      watch.rebase({ side: reference && { observation: reference, model: clusterModel }, watched });
      // Who was forgotten since the training began stands for no segment.
      const profiles = result.profiles.map((profile) =>
        job.reservoir.customers.includes(profile.medoidCustomer ?? '')
          ? profile
          : { ...profile, medoidCustomer: undefined, medoidStart: undefined },
      );
      await segments.publish(profiles, { lineage, reasons: job.reasons, createdAt: position.now });
      await parts.publishModel({
        kind: 'model',
        modelVersion,
        artifact,
        previousVersion: before?.modelVersion ?? null,
      });
    },
    async reinstate(request) {
      const model = await life.fetch(request, toLifeMoment(position));
      const { entry, artifact, clusterModel } = model;
      const { modelVersion } = entry;
      const next = { artifact, clusterModel };
      const sampled = reservoir.toWindows();
      const newKind = entry.reigns.length > 0 ? 'restored' : 'born';
      const former = segments.profiles();
      const { profiles, lineage } = await reinstateModel(next, position.champion, sampled, settings, {
        newKind,
        former,
      });
      await trainings.abandon(`${modelVersion} was put into force by hand`);

      const before = position.champion?.clusterModel;
      await life.reinstated(model, toLifeMoment(position), { request, left: before, lineage });
      position.champion = next;
      epochs.beginAnew();
      agreement.beginAnew();
      watch.reinstated();
      schedule.replaced();
      if (sampled.length > 0) {
        await segments.publish(profiles, { lineage, reasons: [inWords(request)], createdAt: position.now });
      }
      const previousVersion = before?.modelVersion ?? null;
      await parts.publishModel({ kind: 'model', modelVersion, artifact, previousVersion, cluster: clusterModel });
    },
  };
}
