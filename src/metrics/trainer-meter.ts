import type { Registry } from 'prom-client';
import type { DriftReport } from '../drift/drift-report.js';
import type { Clock, Sink } from '../ports.js';
import { GATE_VALUES, type ModelEventRecord } from '../publish/model-event.js';
import type { TrainerParts } from '../trainer/trainer-parts.js';
import type { Trainer } from '../trainer.js';
import { countedSink } from './counted-sink.js';
import { createInstruments, removeInstruments } from './instruments.js';
import { TRAINER_METRICS } from './trainer-definitions.js';

/** What of a trainer is read when somebody scrapes. */
export type TrainerFigures = Pick<
  Trainer,
  | 'windows'
  | 'droppedStatistics'
  | 'outcomes'
  | 'models'
  | 'segments'
  | 'driftReports'
  | 'statisticFailures'
  | 'clusterModel'
  | 'labelScores'
  | 'labelledWindows'
>;

type StartTraining = NonNullable<TrainerParts['train']>;

/** Measures the active trainer, from when it takes over until it ends. */
export interface TrainerMeter {
  /** The trainer is as it was left: what is read at each scrape. */
  started(trainer: TrainerFigures): void;
  /** It looks for lessons. */
  turned(): void;
  drift(sink: Sink<DriftReport>): Sink<DriftReport>;
  modelEvents(sink: Sink<ModelEventRecord>): Sink<ModelEventRecord>;
  /** Trainings that are timed. */
  train(start: StartTraining): StartTraining;
  commit(work: () => Promise<void>): Promise<void>;
  /** Takes all metrics out of the registry: another trainer may be the active one from now on. */
  close(): void;
}

/**
 * @param clock what ages are measured against; undefined in a replay, which has none
 * @param now monotonic time, ms
 * @throws SegtideError `config` where the registry has such metrics already
 */
export function createTrainerMeter(registry: Registry, clock: Clock | undefined, now: () => number): TrainerMeter {
  let trainer: TrainerFigures | undefined;
  let known = { windows: 0, dropped: 0, labelled: 0 };
  const knownFailures = new Map<string, number>();
  let turnedAt = clock?.now();
  let progress: number | undefined;
  const metrics = createInstruments(registry, TRAINER_METRICS, {
    active: (gauge) => gauge.set(trainer === undefined ? 0 : 1),
    sinceTurn: (gauge) => setOrRemove(gauge, clock && Math.max(0, clock.now() - turnedAt!) / 1000),
    windows(counter) {
      const windows = trainer?.windows ?? known.windows;
      counter.inc(windows - known.windows);
      known = { ...known, windows };
    },
    droppedLessons(counter) {
      const dropped = trainer?.droppedStatistics ?? known.dropped;
      counter.inc(dropped - known.dropped);
      known = { ...known, dropped };
    },
    model(gauge) {
      gauge.reset();
      const model = trainer?.clusterModel;
      if (model !== undefined) gauge.set({ model_version: model.modelVersion }, 1);
    },
    trainedAt(gauge) {
      const champion = trainer?.models.find(({ status }) => status === 'champion');
      setOrRemove(gauge, champion && champion.createdAt / 1000);
    },
    centroidEpoch: (gauge) => setOrRemove(gauge, trainer?.clusterModel?.centroidEpoch),
    inertia: (gauge) => setOrRemove(gauge, trainer?.clusterModel?.meanInertia),
    segmentShare(gauge) {
      gauge.reset();
      const model = trainer?.clusterModel;
      if (model === undefined) return;
      const total = model.weights.reduce((sum, weight) => sum + weight, 0);
      for (const [j, segment] of model.segmentIds.entries()) {
        gauge.set({ segment }, total > 0 ? model.weights[j]! / total : 0);
      }
    },
    segmentInfo(gauge) {
      gauge.reset();
      for (const { segmentId, name, advice } of trainer?.segments ?? []) {
        gauge.set({ segment: segmentId, name, advice }, 1);
      }
    },
    trainingProgress: (gauge) => setOrRemove(gauge, progress),
    gate(gauge) {
      gauge.reset();
      const values = trainer?.outcomes.findLast(({ failed }) => !failed)?.values ?? {};
      for (const value of GATE_VALUES) {
        const compared = values[value];
        if (compared !== undefined && compared !== null) gauge.set({ value }, compared);
      }
    },
    labelledWindows(counter) {
      const labelled = trainer?.labelledWindows ?? known.labelled;
      counter.inc(labelled - known.labelled);
      known = { ...known, labelled };
    },
    scoredWindows: (gauge) => setOrRemove(gauge, trainer?.labelScores?.windows),
    adjustedRandIndex: (gauge) => setOrRemove(gauge, trainer?.labelScores?.adjustedRandIndex),
    normalizedMutualInformation: (gauge) => setOrRemove(gauge, trainer?.labelScores?.normalizedMutualInformation),
    drift(gauge) {
      gauge.reset();
      for (const { layer, subject, statistic, value } of lastReports()) gauge.set({ layer, subject, statistic }, value);
    },
    driftThreshold(gauge) {
      gauge.reset();
      for (const { layer, statistic, threshold } of lastReports()) gauge.set({ layer, statistic }, threshold);
    },
    statisticFailures(counter) {
      for (const [statistic, failures] of trainer?.statisticFailures ?? []) {
        counter.inc({ statistic }, failures - (knownFailures.get(statistic) ?? 0));
        knownFailures.set(statistic, failures);
      }
    },
    drifted(gauge) {
      const reports = lastReports();
      for (const layer of LAYERS) {
        const drifted = reports.filter((report) => report.drifted && report.layer === layer);
        gauge.set({ layer }, new Set(drifted.map(({ subject }) => subject)).size);
      }
    },
  });
  for (const event of EVENTS) metrics.modelEvents.inc({ event }, 0);
  for (const layer of LAYERS) for (const drifted of DRIFTED) metrics.driftReports.inc({ layer, drifted }, 0);

  function lastReports(): readonly DriftReport[] {
    return trainer?.driftReports.last ?? [];
  }

  return {
    started(figures) {
      trainer = figures;
      known = {
        windows: figures.windows,
        dropped: figures.droppedStatistics,
        labelled: figures.labelledWindows,
      };
    },
    turned() {
      turnedAt = clock?.now();
    },
    drift: (sink) =>
      countedSink(sink, ({ layer, drifted }) =>
        metrics.driftReports.inc({ layer, drifted: drifted ? 'true' : 'false' }),
      ),
    modelEvents: (sink) => countedSink(sink, ({ event }) => metrics.modelEvents.inc({ event })),
    train: (start) => (job, options) => {
      const begun = now();
      const training = start(job, {
        ...options,
        onProgress: (told) => {
          progress = told.of > 0 ? told.updates / told.of : 0;
          options.onProgress?.(told);
        },
      });
      progress = 0;
      const ended = (): void => {
        progress = undefined;
        metrics.trainingSeconds.observe({ kind: job.refit === true ? 'refit' : 'fit' }, (now() - begun) / 1000);
      };
      training.result.then(ended, ended);
      return training;
    },
    async commit(work) {
      const begun = now();
      await work();
      metrics.commitSeconds.observe((now() - begun) / 1000);
    },
    close: () => removeInstruments(registry, TRAINER_METRICS),
  };
}

const LAYERS = ['input', 'embedding', 'assignment', 'model'] as const satisfies readonly DriftReport['layer'][];
const EVENTS: readonly ModelEventRecord['event'][] = [
  'promoted',
  'refused',
  'failed',
  'reinstated',
  'pruned',
  'declined',
];
const DRIFTED = ['true', 'false'] as const;

/** A gauge without labels has no series while nobody knows its value. */
function setOrRemove(gauge: { set(value: number): void; remove(): void }, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}
