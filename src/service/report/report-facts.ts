import type { RunSummary } from '../run-summary.js';
import type {
  AlertAnswer,
  DriftAnswer,
  FlowsAnswer,
  MapAnswer,
  ModelEventsAnswer,
  SegmentsAnswer,
} from '../view/api/answers.js';
import type { AlertCount } from '../view/api/queries/alerts.js';
import type { LabelAnswer } from './score-labels.js';
import type { ScoredWindows } from './score-sample.js';

/** All that a report tells. */
export interface ReportFacts {
  /** What the run is called. */
  readonly name: string;
  /** Where the outputs were read from, in words. */
  readonly source: string;
  /** Of the segtide that writes the report. */
  readonly version: string;
  /** Epoch ms. */
  readonly writtenAt: number;
  /** What the run said at its end; undefined for one that goes on, and for topics. */
  readonly run: RunSummary | undefined;
  readonly customers: number;
  readonly segments: SegmentsAnswer;
  /** Of all windows. */
  readonly flows: FlowsAnswer;
  readonly drift: DriftAnswer;
  /** Standing alerts by window and kind. */
  readonly alertCounts: readonly AlertCount[];
  /** The strongest of each kind. */
  readonly alerts: readonly AlertAnswer[];
  /** Newest first. */
  readonly models: ModelEventsAnswer['events'];
  readonly map: MapAnswer;
  /** Windows of the input through the model in force; or why there are none. */
  readonly windows: ScoredWindows | { readonly why: string };
  /** Agreement with labels, of a file or of events; undefined where there are none. */
  readonly labels: LabelAnswer | undefined;
}
