import { SegtideError } from '../errors.js';
import type { PluginModule } from '../plugin/plugin-module.js';
import { WATCHED_KINDS, type WatchedKind } from './alert.js';

export interface AlertOptions {
  /** Kinds that are raised; none turns alerts off. @default all */
  readonly kinds?: readonly WatchedKind[];
  /**
   * A window is anomalous from this score on: about -log10 of the share of usual windows that are as unlike their customer.
   * @default 4
   */
  readonly threshold?: number;
  /**
   * The same for a customer of whom too little is known to tell what is usual for it: -log10 of the share of all usual
   * windows that are as odd.
   * @default 8
   */
  readonly thresholdWhileNew?: number;
  /** Event time after an alert during which its customer, or its segment, raises no other of the kind, ms. @default one window length */
  readonly cooldownMs?: number;
  /** Rules of the user's own, asked about each window that has closed (docs/plugins.md). @default none */
  readonly rules?: readonly PluginModule[];
  readonly silence?: SilenceOptions;
  readonly segmentChange?: SegmentChangeOptions;
  readonly segmentSize?: SegmentSizeOptions;
}

export interface SilenceOptions {
  /** -log10 of the chance of so long a silence, by those that the customer had. @default 5 */
  readonly threshold?: number;
  /** Times the longest silence that is usual for the customer, at least. @default 2 */
  readonly factor?: number;
}

export interface SegmentChangeOptions {
  /** Windows in a row that must show the new segment. @default 3 */
  readonly persistence?: number;
  /** Margin that each of them must have, 0 to 1: between two segments customers come and go. @default 0.4 */
  readonly margin?: number;
}

export interface SegmentSizeOptions {
  /** Least change of a segment's size from one closing of windows to the next, relative to its size before. @default 0.5 */
  readonly change?: number;
  /** In standard deviations of what chance makes of such a size, at least. @default 6 */
  readonly threshold?: number;
}

export interface AlertSettings {
  readonly kinds: readonly WatchedKind[];
  readonly rules: readonly PluginModule[];
  readonly threshold: number;
  readonly thresholdWhileNew: number;
  readonly cooldownMs: number;
  readonly windowMs: number;
  readonly silence: Required<SilenceOptions>;
  readonly segmentChange: Required<SegmentChangeOptions>;
  readonly segmentSize: Required<SegmentSizeOptions>;
}

/**
 * @param windowMs nominal length of a window
 * @throws SegtideError `config` for a value out of range
 */
export function resolveAlertOptions(options: AlertOptions, windowMs: number): AlertSettings {
  const { rules = [], silence = {}, segmentChange = {}, segmentSize = {} } = options;
  const kinds = [...new Set(options.kinds ?? WATCHED_KINDS)];
  const unknown = kinds.find((kind) => !WATCHED_KINDS.includes(kind));
  if (unknown !== undefined) throw refuse(`\`kinds\` must be of ${WATCHED_KINDS.join(', ')}; got ${String(unknown)}`);
  return {
    kinds,
    rules,
    threshold: least('threshold', options.threshold ?? 4, 0),
    thresholdWhileNew: least('thresholdWhileNew', options.thresholdWhileNew ?? 8, 0),
    cooldownMs: least('cooldown', options.cooldownMs ?? windowMs, 0),
    windowMs,
    silence: {
      threshold: least('silence.threshold', silence.threshold ?? 5, 0),
      factor: least('silence.factor', silence.factor ?? 2, 1),
    },
    segmentChange: {
      persistence: whole('segmentChange.persistence', segmentChange.persistence ?? 3),
      margin: least('segmentChange.margin', segmentChange.margin ?? 0.4, 0, 1),
    },
    segmentSize: {
      change: least('segmentSize.change', segmentSize.change ?? 0.5, 0),
      threshold: least('segmentSize.threshold', segmentSize.threshold ?? 6, 0),
    },
  };
}

function whole(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 255) return value;
  throw refuse(`\`${name}\` must be a whole number from 1 to 255; got ${value}`);
}

function least(name: string, value: number, from: number, to = Number.MAX_VALUE): number {
  if (typeof value === 'number' && value >= from && value <= to) return value;
  throw refuse(
    `\`${name}\` must be a number ${to === Number.MAX_VALUE ? `of at least ${from}` : `from ${from} to ${to}`}; got ${value}`,
  );
}

function refuse(text: string): SegtideError {
  return new SegtideError('config', `alerts: ${text}`);
}
