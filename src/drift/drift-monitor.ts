import type { ClusterModel } from '../cluster/cluster-model.js';
import { SegtideError } from '../errors.js';
import { benjaminiHochberg } from './benjamini-hochberg.js';
import { createDriftDetector, type DriftDetector, type DriftDetectorSnapshot } from './drift-detector.js';
import type { DriftMeasure, DriftSide } from './drift-measure.js';
import { type DriftObservation, mergeObservations, STEP_GROUPS } from './drift-observation.js';
import type { DriftReport } from './drift-report.js';
import type { DriftSettings } from './drift-settings.js';
import { measureDrift } from './measure-drift.js';
import { createMomentsWatch, type MomentsWatchSnapshot } from './moments-watch.js';
import { type PackedObservation, packObservation, unpackObservation } from './packed-observation.js';
import { type Judged, toDriftReports } from './to-drift-reports.js';

/** Plain data and typed arrays. */
export interface DriftMonitorSnapshot {
  readonly formatVersion: 3;
  readonly reference: PackedSide | null;
  readonly referenceComplete: boolean;
  /** Whole waves since the last round. */
  readonly current: PackedSide | null;
  /** The wave that is being filled. */
  readonly wave: PackedSide | null;
  /** Waves that end by then are passed over, epoch ms; null when there is none. */
  readonly skipThrough: number | null;
  /** Latest window end seen, epoch ms; null before the first. */
  readonly lastEnd: number | null;
  readonly rounds: number;
  /** Event time of the last round, epoch ms; null before the first. */
  readonly reportedAt: number | null;
  readonly windowsSinceAction: number | null;
  readonly detectors: Readonly<Record<string, DriftDetectorSnapshot>>;
  readonly watch: MomentsWatchSnapshot;
  /** Windows have come that the watch was not asked about. */
  readonly hasNewWindows: boolean;
}

interface PackedSide {
  readonly observation: PackedObservation;
  readonly model: ClusterModel;
}

/**
 * Compares the stream with how it was when its model took over.
 *
 * Windows close in waves: all customers' windows that end together come one after the other, the oldest customers
 * first. Half a wave is another population than a whole one, so only whole waves are compared.
 */
export interface DriftMonitor {
  /**
   * Takes in windows of one model version. The first of a version that it has not seen start a new reference. A wave is
   * whole once windows with a later end arrive; one that a new model found half done is passed over.
   *
   * @param model as it was after these windows
   */
  observe(observation: DriftObservation, model: ClusterModel): void;
  /**
   * Starts a new reference, from given windows or from those to come. Held-out or later windows are fairer than those
   * the model was trained on: their errors are lower than those of any others.
   */
  rebase(reference?: DriftSide): void;
  /**
   * The reports of this round, or none when it is not time for one: enough windows in whole waves, or an interval of
   * event time, since the last, and a complete reference. A change that the watch has found since is told at once, by
   * itself.
   *
   * @param now event time, epoch ms; the watermark
   * @param atEnd makes the last round of an input with what there is
   * @param own what statistics of the user's own say of the round that is due. @default none have been asked
   */
  report(now: number, atEnd?: boolean, own?: readonly DriftMeasure[]): readonly DriftReport[];
  /** What a round compares that `report`, asked next and in the same way, would make; undefined where it is none. */
  due(now: number, atEnd?: boolean): { readonly reference: DriftSide; readonly current: DriftSide } | undefined;
  snapshot(): DriftMonitorSnapshot;
}

/** @throws SegtideError `state` when the snapshot has another format or other channels. */
export function createDriftMonitor(settings: DriftSettings, snapshot?: DriftMonitorSnapshot): DriftMonitor {
  checkSnapshot(settings, snapshot);
  let reference = unpack(snapshot?.reference);
  let referenceComplete = snapshot?.referenceComplete ?? false;
  let current = unpack(snapshot?.current);
  let wave = unpack(snapshot?.wave);
  let skipThrough = snapshot?.skipThrough ?? Number.NEGATIVE_INFINITY;
  let lastEnd = snapshot?.lastEnd ?? Number.NEGATIVE_INFINITY;
  let rounds = snapshot?.rounds ?? 0;
  let reportedAt = snapshot?.reportedAt ?? undefined;
  let windowsSinceAction = snapshot?.windowsSinceAction ?? undefined;
  let hasNewWindows = snapshot?.hasNewWindows ?? false;
  let watch = createMomentsWatch(snapshot?.watch);
  let detectors = new Map<string, DriftDetector>();
  for (const [key, state] of Object.entries(snapshot?.detectors ?? {})) {
    const threshold = settings.thresholds[statisticOf(key)];
    // A statistic of the user's own may be asked no more.
    if (threshold !== undefined) detectors.set(key, createDriftDetector(threshold, state));
  }

  function rebase(side?: DriftSide): void {
    reference = side;
    referenceComplete = side !== undefined;
    current = undefined;
    wave = undefined;
    skipThrough = lastEnd;
    reportedAt = undefined;
    windowsSinceAction = undefined;
    detectors = new Map();
    watch = createMomentsWatch();
    if (side !== undefined) watch.refer(side.observation.moments, side.model.centroids);
  }

  /** The wave has ended: it goes to the reference until that is complete, then to the round. */
  function closeWave(): void {
    if (wave === undefined) return;
    watch.endWave();
    if (referenceComplete) {
      current = joined(current, wave, wave.model);
    } else {
      // The centroids of the reference are those that the model came with.
      reference = joined(reference, wave, reference?.model ?? wave.model);
      const { windows, start, end } = reference.observation;
      referenceComplete = windows >= settings.referenceWindows && end - start >= settings.referenceMs;
      if (referenceComplete) watch.refer(reference.observation.moments, reference.model.centroids);
    }
    wave = undefined;
  }

  function judge(measure: DriftMeasure, at: number, largestPValue: number): Judged {
    const key = keyOf(measure);
    let detector = detectors.get(key);
    if (detector === undefined) {
      detector = createDriftDetector(settings.thresholds[measure.statistic]!);
      detectors.set(key, detector);
    }
    const { pValue, level = largestPValue } = measure;
    const significant = pValue === null || pValue <= level;
    const { threshold, drifted, since } = detector.observe(measure.value, measure.since ?? at, significant);
    return { ...measure, threshold, drifted, driftedSince: since };
  }

  /** A change that counts and was not told of before: it waits for no round. */
  function isNews(measure: DriftMeasure): boolean {
    const { statistic, value, pValue, level } = measure;
    const known = detectors.get(keyOf(measure))?.snapshot().since ?? null;
    return known === null && value >= settings.thresholds[statistic]! && pValue! <= level!;
  }

  /** Whether it is time for one, on whole waves. */
  function isRound({ observation: { windows } }: DriftSide, now: number, atEnd: boolean): boolean {
    const elapsed = now - (reportedAt ?? reference!.observation.end);
    return (atEnd || windows >= settings.everyWindows || elapsed >= settings.everyMs) && windows >= settings.minWindows;
  }

  function due(now: number, atEnd = false): ReturnType<DriftMonitor['due']> {
    if (atEnd) closeWave();
    if (reference === undefined || !referenceComplete) return undefined;
    return current !== undefined && isRound(current, now, atEnd) ? { reference, current } : undefined;
  }

  function report(now: number, atEnd = false, own: readonly DriftMeasure[] = []): readonly DriftReport[] {
    const isDue = due(now, atEnd) !== undefined;
    if (reference === undefined || !referenceComplete) return [];
    if (!isDue && !hasNewWindows) return [];
    hasNewWindows = false;
    const changes = watch.measures(WATCH_SHARE * settings.significance);
    const seen = isDue || wave === undefined ? current : joined(current, wave, wave.model);
    if (seen === undefined || (!isDue && !changes.some(isNews))) return [];

    const measures = isDue
      ? [...measureDrift(reference, seen, settings, watch.inflation()), ...changes, ...own]
      : changes;
    const pValues = measures.flatMap(({ pValue, level }) => (pValue === null || level !== undefined ? [] : [pValue]));
    const largest = benjaminiHochberg(pValues, settings.significance);
    const judged = measures.map((measure) => judge(measure, seen.observation.start, largest));
    const reports = toDriftReports(judged, {
      round: rounds + 1,
      reference: reference.observation,
      current: seen.observation,
      actions: settings.actions,
      suppressed: windowsSinceAction !== undefined && windowsSinceAction < settings.cooldownWindows,
    });
    if (reports.some(({ action }) => action === 'refit' || action === 'retrain')) windowsSinceAction = 0;
    rounds++;
    if (!isDue) return reports;
    reportedAt = now;
    reference = withMoves(reference, seen.observation);
    current = undefined;
    return reports;
  }

  return {
    observe(observation, model) {
      if (observation.windows === 0) return;
      const known = reference ?? wave;
      if (known !== undefined && known.observation.modelVersion !== observation.modelVersion) rebase();
      if (windowsSinceAction !== undefined) windowsSinceAction += observation.windows;
      lastEnd = Math.max(lastEnd, observation.end);
      if (observation.end <= skipThrough) return;
      if (wave !== undefined && observation.end > wave.observation.end) closeWave();
      const { runs, ...whole } = observation;
      watch.observe(runs);
      hasNewWindows = true;
      wave = joined(wave, { observation: { ...whole, runs: [] }, model }, model);
    },
    rebase,
    due,
    report,
    snapshot: () => ({
      formatVersion: 3,
      reference: pack(reference),
      referenceComplete,
      current: pack(current),
      wave: pack(wave),
      skipThrough: Number.isFinite(skipThrough) ? skipThrough : null,
      lastEnd: Number.isFinite(lastEnd) ? lastEnd : null,
      rounds,
      reportedAt: reportedAt ?? null,
      windowsSinceAction: windowsSinceAction ?? null,
      detectors: Object.fromEntries([...detectors].map(([key, detector]) => [key, detector.snapshot()])),
      watch: watch.snapshot(),
      hasNewWindows,
    }),
  };
}

/** The watch looks at each lesson, and a stream has many more lessons than rounds; most see what the one before saw. */
const WATCH_SHARE = 0.5;

function joined(a: DriftSide | undefined, b: DriftSide, model: ClusterModel): DriftSide {
  return { observation: a === undefined ? b.observation : mergeObservations(a.observation, b.observation), model };
}

/** Held-out windows are no customer's one after the other: how many change segment is known from the first round on. */
function withMoves(reference: DriftSide, { returning, moved }: DriftObservation): DriftSide {
  if (reference.observation.returning > 0) return reference;
  return { ...reference, observation: { ...reference.observation, returning, moved } };
}

function pack(side: DriftSide | undefined): PackedSide | null {
  return side === undefined ? null : { ...side, observation: packObservation(side.observation) };
}

function unpack(side: PackedSide | null | undefined): DriftSide | undefined {
  return side == null ? undefined : { ...side, observation: unpackObservation(side.observation) };
}

/** Of the detector of a measure. */
function keyOf({ layer, subject, statistic }: DriftMeasure): string {
  return `${layer}/${subject}/${statistic}`;
}

function statisticOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function checkSnapshot(settings: DriftSettings, snapshot: DriftMonitorSnapshot | undefined): void {
  if (snapshot === undefined) return;
  const channels =
    snapshot.reference === null ? settings.channels.length : snapshot.reference.observation.cells.length / STEP_GROUPS;
  if (snapshot.formatVersion !== 3 || channels !== settings.channels.length) {
    throw new SegtideError(
      'state',
      `The drift monitor's snapshot belongs to other settings: format ${String(snapshot.formatVersion)} with ${channels} channels; got format 3 with ${settings.channels.length}. Start without it or restore the settings.`,
    );
  }
}
