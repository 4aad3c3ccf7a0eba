import type { TriedK } from '../cluster/choose-k.js';
import type { SegmentLineage } from '../cluster/segment-lineage.js';
import type { GateValues } from './gate.js';

/** `failed`: its training gave nothing that could be judged. */
export type ModelStatus = 'champion' | 'former' | 'refused' | 'failed';

/** A time for which a model was in force. */
export interface ModelReign {
  /** Counts the changes of the model in force, from 1. */
  readonly sequence: number;
  /** Event time at which it took over, epoch ms. */
  readonly since: number;
  /** Windows seen by then. */
  readonly atWindow: number;
  /** The model that it took over from; null where there was none. */
  readonly previousVersion: string | null;
  /** `the gate let it`, or what somebody asked for, and why. */
  readonly because: string;
}

/** What is known of a model version, or of a training that gave none: plain JSON. */
export interface ModelEntry {
  readonly formatVersion: 1;
  readonly modelVersion: string;
  readonly status: ModelStatus;
  /** The model in force when its training began; null where there was none. */
  readonly parent: string | null;
  /** Event time up to which it learnt, epoch ms. */
  readonly createdAt: number;
  /** Windows seen when its training began. */
  readonly atWindow: number;
  /** Why it was trained. */
  readonly reasons: readonly string[];
  /** What the gate said, in words; why the training failed. */
  readonly why: readonly string[];
  /** All that the gate compared, whether or not it let the model pass. */
  readonly values: Partial<GateValues>;
  /** Numbers of segments that its training tried; absent from what older versions wrote. @default none */
  readonly kAdvice?: readonly TriedK[] | undefined;
  /** What became of the segments, of its parent or of the model that it last took over from. */
  readonly lineage: readonly SegmentLineage[];
  /** Size of the model file; null where it is not kept. */
  readonly bytes: number | null;
  /** Of the model file; null where it is not kept. */
  readonly sha256: string | null;
  /** When it was in force, in order; none for a model that was refused. */
  readonly reigns: readonly ModelReign[];
}
