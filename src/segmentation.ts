import type { Registry } from 'prom-client';
import { defer, type Observable, tap } from 'rxjs';
import { openAlertRules } from './anomaly/alert-rules.js';
import type { AlertContext } from './anomaly/to-alerts.js';
import type { DriftReport } from './drift/drift-report.js';
import { createEncoders } from './encode/threads/create-encoders.js';
import { SegtideError } from './errors.js';
import { createSegmentationMeter } from './metrics/segmentation-meter.js';
import { createPipeline, type PipelineStages } from './pipeline.js';
import type { Clock, Sink, Source } from './ports.js';
import type { ModelEventRecord } from './publish/model-event.js';
import type { SegmentRecord } from './publish/segment-record.js';
import type { AdoptedModel } from './train/adopt-model.js';
import type { ModelRecord, SampleRecord, StatisticsRecord } from './train/model-record.js';
import { isTrained } from './train/provisional.js';
import { startTraining } from './train/start-training.js';
import type { TrainingProgress } from './train/training-progress.js';
import type { TrainerParts } from './trainer/trainer-parts.js';
import type { TrainerSettings } from './trainer/trainer-settings.js';
import type { TrainerSnapshot } from './trainer/trainer-snapshot.js';
import { createTrainer, type Trainer } from './trainer.js';
import { createMemoryTopic } from './transport/memory/memory-topic.js';
import type { WindowSettings } from './window/window-settings.js';
import { createWindower, type Windower } from './window/windower.js';
import type { WindowerSnapshot } from './window/windower-snapshot.js';
import { createLearner, type LearnerSnapshot } from './worker/learner.js';
import type { LearningBatches } from './worker/learning-batches.js';
import { createPages, type Page, type Pages, type PagesSnapshot } from './worker/pages.js';
import { createPublisher, type Publisher, type PublisherSnapshot, type WorkerOutputs } from './worker/publisher.js';
import { createScorer, type Scorer } from './worker/scorer.js';

/** What worker and trainer of one process are built from. */
export interface SegmentationSettings extends LearningBatches {
  readonly window: WindowSettings;
  readonly trainer: TrainerSettings;
  /** How alerts are raised and told. @default none are */
  readonly alerts?: AlertContext | undefined;
}

export interface SegmentationOutputs extends WorkerOutputs {
  readonly segments: Sink<SegmentRecord>;
  readonly drift: Sink<DriftReport>;
  /** What becomes of models. @default nowhere */
  readonly modelEvents?: Sink<ModelEventRecord> | undefined;
}

export interface SegmentationOptions {
  /** The wall clock of a live source; absent in a replay. */
  readonly clock?: Clock | undefined;
  /** Called between two input batches, when nothing is half done: the place for a checkpoint. */
  readonly between?: (() => Promise<void>) | undefined;
  /**
   * Called before the windows of each page are scored: what is asked of the trainer here counts from the first of them.
   * A snapshot can't be taken.
   */
  readonly beforePage?: (() => Promise<void>) | undefined;
  /** Asked between two input batches: true ends the run there, without closing open windows. */
  readonly isStopped?: (() => boolean) | undefined;
  /** Asked between two pages: true ends the run there, where no snapshot can be taken. */
  readonly isCutShort?: (() => boolean) | undefined;
  /** Threads that encode; 0 encodes in the stream's own. Results are the same. @default 0 */
  readonly encodeThreads?: number | undefined;
  readonly train?: TrainerParts['train'] | undefined;
  /**
   * Takes metrics of the stream while it runs, for Prometheus; they are gone after its end. It serves one stream at a time.
   * @default nothing is measured
   */
  readonly metrics?: Registry | undefined;
  /** Where models are kept. @default in memory */
  readonly registry?: TrainerParts['registry'];
  readonly onModelLost?: TrainerParts['onModelLost'];
  /** A model that is in force from the first window on, unless a snapshot brings its own. @default none: warming */
  readonly initialModel?: AdoptedModel | undefined;
  readonly onProgress?: ((modelNumber: number, progress: TrainingProgress) => void) | undefined;
  readonly onFailure?: TrainerParts['onFailure'];
  /** Told of each window that the encoder, a plug-in, could not embed: it is assigned without a distance. */
  readonly onEncoderFailure?: ((error: SegtideError) => void) | undefined;
  /** Told of each window that an alert rule of the user's own could not judge: it tells nothing of it. */
  readonly onRuleFailure?: ((error: SegtideError) => void) | undefined;
  readonly onStatisticFailure?: TrainerParts['onStatisticFailure'];
}

/** One worker and the trainer, in one process; they talk through the same records as when they are apart. */
export interface Segmentation {
  /**
   * Runs to the end of the source when subscribed, once; emits each page when it is dealt with. Unsubscribing before
   * that, or an error, ends a training under way. Fails with `accounting` where it ends and events have no fate.
   */
  readonly page$: Observable<Page>;
  /** After the last page: last lessons, last reports, and a first model where the input was too short for one before. */
  end(): Promise<void>;
  /** Ends a training under way and the threads of encoder and plug-ins, so that nothing is left running. */
  stop(): Promise<void>;
  readonly windower: Windower;
  readonly trainer: Trainer;
  readonly publisher: Publisher;
  readonly scorer: Scorer;
  /** Whether the last input batch is dealt with, so that a snapshot can be taken. */
  readonly isAtRest: boolean;
  /**
   * Everything but the source's position and the outputs.
   *
   * @throws SegtideError `state` while it is not at rest; `accounting` when an event has no fate
   */
  snapshot(): SegmentationSnapshot;
}

export interface SegmentationSnapshot {
  readonly windower: WindowerSnapshot;
  readonly pages: PagesSnapshot;
  readonly scorer: readonly ModelRecord[];
  readonly publisher: PublisherSnapshot;
  readonly learner: LearnerSnapshot;
  readonly trainer: TrainerSnapshot;
}

/** @throws SegtideError `state` when the snapshot belongs to other settings. */
export function createSegmentation(
  settings: SegmentationSettings,
  source: Source,
  outputs: SegmentationOutputs,
  options: SegmentationOptions = {},
  from?: SegmentationSnapshot,
): Segmentation {
  const { series, seriesHash, encoder } = settings.trainer.model;
  const { learnEvery, learnFirst } = settings;
  const { floor } = settings.trainer.reservoir;
  const models = createMemoryTopic<ModelRecord>();
  const lessons = createMemoryTopic<{ readonly samples: SampleRecord; readonly statistics: StatisticsRecord }>();

  const windower = createWindower(settings.window, from?.windower);
  windower.wake();
  const { clock, between, isStopped, isCutShort, initialModel } = options;
  const pages = createPages(
    source,
    windower,
    { learnEvery, learnFirst, waveLeast: WAVE_LEAST, clock, between, isStopped, isCutShort },
    from?.pages,
  );
  const { encodeThreads: threads = 0, onEncoderFailure: onFailure } = options;
  const encoders = createEncoders(encoder, { threads, onFailure });
  const meter = options.metrics && createSegmentationMeter(options.metrics, outputs, clock);
  const open = meter?.encoders(encoders.open) ?? encoders.open;
  const sinks = meter?.outputs ?? outputs;
  const scorer = createScorer(series, seriesHash, from?.scorer ?? recordsOf(initialModel), encoder.engine, open);
  const rules = openAlertRules(settings.alerts?.settings.rules ?? [], options.onRuleFailure ?? (() => undefined));
  const alerts = settings.alerts && { ...settings.alerts, rules };
  const publisher = createPublisher(sinks, scorer, { clock, alerts }, from?.publisher);
  const learner = createLearner(
    { teach: (samples, statistics) => lessons.write([{ samples, statistics }]) },
    { learnEvery, learnFirst, steps: series.windowSteps, channels: series.channels, floor },
    from?.learner,
  );
  const train = meter?.train(options.train ?? startTraining) ?? options.train;
  const trainer = createTrainer(
    settings.trainer,
    {
      publishModel: (record) => models.write([record]),
      segments: sinks.segments,
      drift: sinks.drift,
      modelEvents: sinks.modelEvents,
      registry: options.registry,
      onModelLost: options.onModelLost,
      clock,
      ...(train && { train }),
      onProgress: options.onProgress,
      onFailure: options.onFailure,
      onStatisticFailure: options.onStatisticFailure,
      initialModel,
    },
    from?.trainer,
  );
  models.subscribe(async (records) => {
    for (const record of records) await scorer.apply(record);
  });
  lessons.subscribe(async (batch) => {
    for (const { samples, statistics } of batch) {
      trainer.sampled(samples);
      await trainer.observe(statistics);
    }
  });

  /**
   * An input too short for a model while it ran: what was sampled of it is assigned by the model made at its end. The
   * sample holds first results; their next revision must be beyond those that late events made.
   */
  async function assignSample(): Promise<void> {
    const sample = trainer.sample();
    const next = publisher.counts.highestRevision + 1;
    const revised = { ...sample, revisions: sample.revisions.map(() => next) };
    await publisher.publish({ windows: revised, deadLetters: [] }, await scorer.score(revised));
  }

  const stop = async (): Promise<void> => {
    meter?.close();
    await Promise.all([trainer.stop(), encoders.close(), rules.close()]);
  };
  const stopThreads = (): void => void stop();
  meter?.began(windower, trainer);
  const next = async (): Promise<Page | undefined> => {
    const page = await pages.next();
    meter?.pulled();
    return page;
  };
  const takeModel = async (): Promise<void> => {
    await options.beforePage?.();
    await trainer.settle();
  };
  const learn: PipelineStages['learner']['learn'] = (scored, { history }, endsWave) =>
    learner.learn(scored, { former: history, endsWave });

  return {
    page$: defer(() => createPipeline({ pages: { next }, takeModel, scorer, publisher, learner: { learn } })).pipe(
      tap({
        next: () => meter?.done(),
        unsubscribe: stopThreads,
        complete: () => checkFates(windower, pages),
        error: (error) => {
          stopThreads();
          if (error instanceof SegtideError && error.code === 'aborted') checkFates(windower, pages);
        },
      }),
    ),
    async end() {
      await learner.end();
      const untrained = !isTrained(scorer.modelVersion);
      await trainer.end();
      if (untrained && isTrained(scorer.modelVersion)) await assignSample();
      await Promise.all([encoders.close(), rules.close()]);
    },
    stop,
    windower,
    trainer,
    publisher,
    scorer,
    get isAtRest() {
      return pages.isAtRest;
    },
    snapshot() {
      checkFates(windower, pages);
      return {
        pages: pages.snapshot(),
        windower: windower.snapshot(),
        scorer: scorer.snapshot(),
        publisher: publisher.snapshot(),
        learner: learner.snapshot(),
        trainer: trainer.snapshot(),
      };
    },
  };
}

function recordsOf(model: AdoptedModel | undefined): readonly ModelRecord[] {
  if (model === undefined) return [];
  const { modelVersion, champion } = model;
  return [{ kind: 'model', modelVersion, artifact: champion.artifact, previousVersion: null }];
}

/** Windows of a wave whose end is worth a look at what they teach; smaller waves are looked at together. */
const WAVE_LEAST = 64;

/** Every event has one fate, or is in flight; counted apart from where records came in. */
function checkFates({ fates, inFlight }: Windower, { records }: Pages): void {
  const { accepted, late, duplicate, deadLettered, quarantined, skipped } = fates;
  const sum = accepted + late + duplicate + deadLettered + quarantined + skipped;
  if (sum === fates.in && sum + inFlight === records) return;
  throw new SegtideError(
    'accounting',
    `${records} events came in, but their fates add up to ${sum} (accepted ${accepted}, late ${late}, duplicate ${duplicate}, dead-lettered ${deadLettered}, quarantined ${quarantined}, skipped ${skipped}) and ${inFlight} are in flight. This is a defect of segtide: please report it.`,
  );
}
