import type { ClusterDistance } from '../../cluster/cluster-points.js';
import type { Points } from '../../cluster/offline/points.js';
import type { SeriesRows } from '../../cluster/offline/series-rows.js';
import type { EncodedWindows } from '../model/pick-reconstructions.js';

/** What a row of a file is called. */
export interface RowName {
  /** From 0, in the order of the input. */
  readonly row: number;
  /** Null where rows name no customer. */
  readonly customerId: string | null;
  /** Epoch ms; null where rows have no times. */
  readonly windowStart: number | null;
  readonly windowEnd: number | null;
}

/** All rows of an input, and those of them that can be clustered. */
export interface ClusteredRows {
  readonly names: readonly RowName[];
  /** Rows, of all, that can be clustered, ascending: what lies in `points`, `series`, `curves` and `labels` by place. */
  readonly usable: Uint32Array;
  /** Of unit length where their direction counts alone, but for those of zeros, which have none. */
  readonly points: Points;
  /** How points are compared. */
  readonly distance: ClusterDistance;
  readonly series?: SeriesRows | undefined;
  /** Class of each usable row, '' where it is unknown; undefined where no labels were named. */
  readonly labels?: readonly string[] | undefined;
  /** First channel of each window in the unit of the input, NaN where it is unknown. */
  readonly curves?: { readonly steps: number; readonly values: Float32Array } | undefined; // (usable, steps)
  /** Usage events that windows were cut from. */
  readonly events?: number | undefined;
  /** All rows as the encoder saw them; undefined where none did. */
  readonly encoded?: EncodedWindows | undefined;
  /** Whose embeddings the points are. */
  readonly modelVersion?: string | undefined;
}
