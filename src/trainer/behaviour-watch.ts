import type { ClusterModel, Statistics } from '../cluster/cluster-model.js';
import { toChangeReport } from '../drift/change-report.js';
import {
  type Change,
  type ChangeWatchSnapshot,
  createChangeWatch,
  type WatchedWindows,
} from '../drift/change-watch.js';
import type { DriftSide } from '../drift/drift-measure.js';
import { createDriftMonitor, type DriftMonitorSnapshot } from '../drift/drift-monitor.js';
import type { DriftObservation } from '../drift/drift-observation.js';
import { driftReason } from '../drift/drift-reason.js';
import type { DriftReport } from '../drift/drift-report.js';
import type { DriftStatistics } from '../drift/drift-statistics.js';
import type { RetrainSchedule } from '../train/retrain-schedule.js';
import type { TrainingJob } from '../train/training-job.js';
import type { TrainerParts } from './trainer-parts.js';
import type { TrainerSettings } from './trainer-settings.js';

/** What was told of drift so far. */
export interface DriftTally {
  /** The last round, with changes of behaviour since. */
  readonly last: readonly DriftReport[];
  readonly drifted: number;
  readonly reports: number;
}

/** Windows that a model has not learnt from, for later ones to be compared with. */
export interface WatchReference {
  readonly side: DriftSide | undefined;
  readonly watched: WatchedWindows | undefined;
}

/**
 * Watches whether windows still are what the model in force was fitted to: drift in rounds, changes within segments wave
 * by wave. It tells what it finds, asks for the training that helps, and knows since when that is to learn.
 */
export interface BehaviourWatch {
  /** Takes in what a lesson taught under the model in force. */
  observe(statistics: Statistics, observation: DriftObservation, model: ClusterModel): void;
  /**
   * Tells the drift of this round, if it is time for one; the user's own statistics are asked first.
   *
   * @param now event time, epoch ms
   * @param atEnd makes the last round of an input with what there is
   */
  reportDrift(now: number, atEnd?: boolean): Promise<void>;
  /**
   * Tells a change within segments, and asks for a refit to what came since, as soon as there is enough of it.
   *
   * @param endsWave whether no more will come that end with the last windows
   * @param trainedSince start of the behaviour that a training under way learns, epoch ms: one is enough
   */
  reportChange(endsWave: boolean, trainedSince?: number): Promise<void>;
  /** Compares with other windows from here on. @default those to come */
  rebase(reference?: WatchReference): void;
  /**
   * A training has ended, and its model takes over or does not.
   *
   * @param triesAgain another is to learn the same behaviour once there is more of it
   */
  concluded(job: Pick<TrainingJob, 'since' | 'reasons'>, promoted: boolean, triesAgain: boolean): void;
  /** Another model was put into force by hand: what it learnt from is of another time than the windows that are to come. */
  reinstated(): void;
  /** Start of the behaviour that models are fitted to, epoch ms; undefined while none has ended. */
  readonly since: number | undefined;
  /** That of the windows that the model in force was fitted to alone, epoch ms; undefined where it was fitted to all. */
  readonly fittedSince: number | undefined;
  readonly tally: DriftTally;
  snapshot(): BehaviourWatchSnapshot;
}

/** Plain data and typed arrays. */
export interface BehaviourWatchSnapshot {
  readonly drift: DriftMonitorSnapshot;
  readonly watch: ChangeWatchSnapshot;
  /** Start of the behaviour that models are fitted to, epoch ms; null while none has ended. */
  readonly since: number | null;
  /** The same, of the champion. */
  readonly fittedSince: number | null;
  readonly changes: number;
  /** What the last round asked for a training for; null where none did. */
  readonly asked: string | null;
  readonly driftReports: DriftTally;
}

/** Windows that a model is refitted to at least: fewer are as likely to be told apart wrongly. */
const LEAST_CHANGED = 64;

/**
 * @param schedule is asked for trainings
 * @throws SegtideError `state` when the snapshot belongs to other settings.
 */
export function createBehaviourWatch(
  { drift: settings, retrainOnDrift }: Pick<TrainerSettings, 'drift' | 'retrainOnDrift'>,
  parts: Pick<TrainerParts, 'drift'> & { readonly statistics: Pick<DriftStatistics, 'measure'> },
  schedule: Pick<RetrainSchedule, 'request'>,
  from?: BehaviourWatchSnapshot,
): BehaviourWatch {
  const monitor = createDriftMonitor(settings, from?.drift);
  const watch = createChangeWatch(settings.watch, from?.watch);
  let since = from?.since ?? undefined;
  /** As of the champion. */
  let fittedSince = from?.fittedSince ?? undefined;
  let changes = from?.changes ?? 0;
  let asked = from?.asked ?? undefined;
  let tally = from?.driftReports ?? { last: [], drifted: 0, reports: 0 };
  /** Found in the lesson that is being taken in. */
  let change: Change | undefined;

  function rebase(reference?: WatchReference): void {
    asked = undefined;
    monitor.rebase(reference?.side);
    watch.rebase(reference?.watched);
  }

  function count(reports: readonly DriftReport[], last: readonly DriftReport[]): void {
    const drifted = reports.filter((report) => report.drifted).length;
    tally = { last, drifted: tally.drifted + drifted, reports: tally.reports + reports.length };
  }

  return {
    observe(statistics, observation, model) {
      monitor.observe(observation, model);
      change = watch.observe({ statistics, start: observation.start, end: observation.end }) ?? change;
    },
    async reportDrift(now, atEnd = false) {
      const due = monitor.due(now, atEnd);
      const own = due && (await parts.statistics.measure(due.reference, due.current));
      const reports = monitor.report(now, atEnd, own);
      if (reports.length === 0) return;
      count(reports, reports);
      await parts.drift.write(reports);
      if (!retrainOnDrift) return;
      const asking =
        reports.find(({ action }) => action === 'retrain') ?? reports.find(({ action }) => action === 'refit');
      // It learns from all windows: where these lie elsewhere altogether, `reportChange` says since when.
      if (asking === undefined) return;
      asked = driftReason(asking);
      schedule.request(asked, asking.action === 'refit' && asking.layer === 'embedding');
    },
    async reportChange(endsWave, trainedSince) {
      if (endsWave) change = watch.endWave() ?? change;
      const found = change;
      change = undefined;
      if (found === undefined || found.windows < LEAST_CHANGED) return;
      const wanted = settings.actions.embedding;
      // It is being learnt already.
      const isUnderWay = found.since === trainedSince;
      const report = toChangeReport(found, ++changes, {
        threshold: settings.watch.threshold,
        action: wanted !== 'none' && isUnderWay ? 'suppressed' : wanted,
      });
      await parts.drift.write([report]);
      count([report], [...tally.last.filter(({ statistic }) => statistic !== report.statistic), report]);
      if (!retrainOnDrift || wanted === 'none' || isUnderWay) return;
      since = found.since;
      schedule.request(driftReason(report), wanted === 'refit');
    },
    rebase,
    concluded({ since: learntSince, reasons }, promoted, triesAgain) {
      // It has been answered: what no other model describes better is what windows are compared with from here on.
      if (!promoted && asked !== undefined && reasons.includes(asked)) {
        asked = undefined;
        monitor.rebase();
      }
      if (promoted) {
        fittedSince = learntSince;
        // What a training itself found to be new; what was found while it was under way is newer.
        if (learntSince !== undefined && learntSince > (since ?? Number.NEGATIVE_INFINITY)) since = learntSince;
      } else if (learntSince !== undefined && learntSince === since && since !== fittedSince) {
        // What the champion knows better is no other behaviour: it is watched from there on.
        if (!triesAgain) since = fittedSince;
        watch.rebase(undefined);
      }
    },
    reinstated() {
      rebase();
      since = undefined;
      fittedSince = undefined;
    },
    get since() {
      return since;
    },
    get fittedSince() {
      return fittedSince;
    },
    get tally() {
      return tally;
    },
    snapshot: () => ({
      drift: monitor.snapshot(),
      watch: watch.snapshot(),
      since: since ?? null,
      fittedSince: fittedSince ?? null,
      changes,
      asked: asked ?? null,
      driftReports: tally,
    }),
  };
}
