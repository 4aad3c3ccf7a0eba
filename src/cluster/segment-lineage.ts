/** What became of a segment when a model took over from another. */
export type LineageKind =
  | 'same' // most members stayed together
  | 'moved' // the id was carried over, but membership changed much
  | 'split' // its members come from a segment that several now descend from
  | 'merged' // most members of several segments came together in it; for a former segment: it went into another
  | 'born' // no former segment stands behind it
  | 'retired' // a former segment whose members are gone or scattered
  | 'restored'; // of a model that was put into force again, and not of the one that it took over from

export interface SegmentShare {
  readonly segmentId: string;
  /** In (0, 1]. */
  readonly share: number;
}

/** One segment's part in a change of models. Shares below 1 % are left out, and the rest is in falling order. */
export interface SegmentLineage {
  readonly segmentId: string;
  readonly kind: LineageKind;
  /** Where its members come from: former segments, by their share in its members now. Empty for a former segment. */
  readonly from: readonly SegmentShare[];
  /** Where the members of the former segment of this id went, by their share. Empty for a new id. */
  readonly into: readonly SegmentShare[];
  /** Jaccard overlap of the members under this id before and after; 0 for a new or a retired id. */
  readonly overlap: number;
}
