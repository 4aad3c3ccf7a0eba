import type { Alert, AlertKind } from '../anomaly/alert.js';
import type { TriedK } from '../cluster/choose-k.js';
import type { DriftReport } from '../drift/drift-report.js';
import type { DeadLetterReason } from '../ingest/dead-letter.js';
import type { ViewRecord } from '../train/model-artifact.js';
import type { LabelScores } from '../trainer/label-agreement.js';
import type { Fates } from '../window/window-batch.js';
import type { Config } from './config/schema.js';

/** What a run did, as `summary.json`, `--json` and the terminal summary tell it. Plain JSON; times are epoch ms. */
export interface RunSummary {
  /** What the run is called: the config's `name`. */
  readonly name: string;
  /** What a run must share with this one to go on with it. */
  readonly identity: RunIdentity;
  /** Of segtide. */
  readonly version: string;
  /** The settings in effect, their secrets masked. */
  readonly config: Config;
  /** Every event by its first fate; `in` is the sum of the others. */
  readonly events: Fates;
  readonly deadLetterReasons: Readonly<Partial<Record<DeadLetterReason, number>>>;
  /** Event times of the accepted events, [first, last]; null when there was none. */
  readonly eventTimes: readonly [number, number] | null;
  /** Results of closed windows, without revisions. */
  readonly windows: number;
  /** Results that replaced an earlier one of the same window. */
  readonly revisions: number;
  /** Windows that the end of the input cut short and that were therefore not emitted. */
  readonly incompleteWindows: number;
  readonly assignments: number;
  readonly transitions: number;
  readonly alerts: AlertSummary;
  /** Most customers there can have been: exact while `evicted` is 0, since one that was evicted and came back counts again. */
  readonly customers: number;
  /** Customers that left the keyed state by TTL or cap. */
  readonly evicted: number;
  /** Customers in state whose latest window is in a segment that is no more. */
  readonly formerCustomers: number;
  /** Largest first. */
  readonly segments: readonly SegmentSummary[];
  /** Every model that was trained, in order. */
  readonly models: readonly ModelSummary[];
  readonly drift: DriftSummary;
  /** How far the segments in force agree with labels; absent where none of their windows has one. */
  readonly labels?: LabelScores;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Files, folders or topics that were written, by output. */
  readonly outputs: readonly OutputSummary[];
  /** Version of the model at the end; null while it was still warming. */
  readonly modelVersion: string | null;
  /** Whether the run ended because it was told to stop. */
  readonly interrupted: boolean;
  /** Alerts that receivers did not take, where there were some; never in the file, which is written before they are told. */
  readonly undelivered?: number;
}

/** What stood out. */
export interface AlertSummary {
  /** Raised, by kind. */
  readonly counts: Readonly<Partial<Record<AlertKind, number>>>;
  /** The anomalies with the highest scores. */
  readonly top: readonly Alert[];
}

/** What makes two runs the same run. */
export interface RunIdentity {
  /** Hash of all settings that shape the results. */
  readonly settings: string;
  /** Files as they were named, or the topic. */
  readonly input: string | readonly string[];
}

export interface SegmentSummary {
  readonly segmentId: string;
  /** Readable name, such as "steady, high". */
  readonly name: string;
  /** Part of the latest windows of the customers in state, in [0, 1]. */
  readonly share: number;
  /** Customers in state whose latest window is in this segment. */
  readonly customers: number;
  /** Prototype curve of the first channel, unscaled; that over all channels where windows have one step. */
  readonly prototype: readonly (number | null)[]; // (steps) or (channels)
  /** Mean of the prototype, per step, in the channel's unit. */
  readonly level: number;
  /** Change of the trend line over the window relative to its larger end, in [-1, 1]: -0.5 is a fall by half. */
  readonly trend: number;
  /** Part of the segment's windows without any usage, in [0, 1]. */
  readonly inactiveShare: number;
}

export interface ModelSummary {
  readonly modelVersion: string;
  /** What started the training: `first fit`, `4 window lengths`, `drift` … */
  readonly reason: string;
  readonly promoted: boolean;
  /** Its training failed: there was no model for the gate to judge. */
  readonly failed: boolean;
  /** What the gate said, in a few words; why the training failed. */
  readonly why: string;
  /** Windows seen when the training began. */
  readonly atWindow: number;
  /** What the gate measured, by name. */
  readonly values: Readonly<Record<string, number>>;
  /** What each view counts in its embedding; none where it is the latents of the VRAE. */
  readonly views: readonly ViewRecord[];
  /** Numbers of segments that were tried, with what they were compared by; none where `cluster.k` is set. */
  readonly kAdvice: readonly TriedK[];
}

export interface DriftSummary {
  /** Reports of the last round. */
  readonly last: readonly DriftReport[];
  /** Reports that drifted, over the whole run. */
  readonly drifted: number;
  /** Reports in all, over the whole run. */
  readonly reports: number;
}

export interface OutputSummary {
  /** `assignments`, `segments`, `summary` … */
  readonly output: string;
  /** Path of the file or folder, or name of the topic. */
  readonly path: string;
  readonly records: number;
}

/** How far a run is; sent often, shown at the pace of the display. */
export interface Progress {
  /** What happens now, in a few words: `reading`, `training v2`, `writing`. */
  readonly phase: string;
  /** Done part of the phase in [0, 1], where it is known. */
  readonly done?: number;
  /** Absent where none are read, as by a trainer. */
  readonly events?: number;
  /** Of the events, those that came late; absent where it is not told. */
  readonly late?: number;
  /** Of the events, those that became dead letters; absent where it is not told. */
  readonly deadLettered?: number;
  readonly windows: number;
  /** Epoch ms; -Infinity before the first event. */
  readonly watermark: number;
  readonly modelVersion: string | null;
}
