import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { SegtideError } from '../errors.js';
import type { WindowBatch } from '../window/window-batch.js';

/** Which segment one model said of each window. */
export interface SegmentedWindows {
  readonly windows: WindowBatch;
  readonly modelVersion: string;
  readonly segmentIds: readonly string[];
  /** Indexes of `segmentIds`. */
  readonly nearest: Uint16Array; // (batch)
  readonly margins: Float32Array; // (batch)
}

export function toSegmentedWindows({ embeddings, model, nearest, margins }: AssignmentBatch): SegmentedWindows {
  const { modelVersion, segmentIds } = model;
  return { windows: embeddings.series.windows, modelVersion, segmentIds, nearest, margins };
}

/** What each window's customer was before it, and which windows show a change. */
export interface SegmentHistory {
  /** The customer's segment before this window; null where none is known. */
  readonly previousSegmentIds: readonly (string | null)[]; // (batch)
  readonly previousModelVersions: readonly (string | null)[]; // (batch)
  /** NaN where none is known. */
  readonly previousMargins: Float32Array; // (batch)
  /** Rows whose segment differs from the one before. */
  readonly changed: readonly number[];
  /** Those of them whose segment before the same model version said when it had other segments. */
  readonly regrouped: ReadonlySet<number>;
}

/** Last segment, margin, model version and the segments it had then, of every customer, by slot: some 20 bytes each, in typed arrays. */
export interface SegmentMemory {
  /**
   * Compares a batch with what is remembered, row by row, and remembers it.
   *
   * Only final results of a customer's newest window count: a provisional result and the revision of an older window
   * are told what is remembered, but change nothing. A revision of the newest window is compared with that window's
   * earlier result.
   */
  observe(segmented: SegmentedWindows): SegmentHistory;
  /** Customers remembered, by the segment of their newest window. */
  sizes(): ReadonlyMap<string, number>;
  /** Forgets customers that left; call it with `WindowBatch.released` once the batch is dealt with. */
  forget(slots: Uint32Array): void;
  snapshot(): SegmentMemorySnapshot;
}

export interface SegmentMemorySnapshot {
  readonly format: 2;
  readonly segmentIds: readonly string[];
  /** Model versions with all segments that they had, a line each. */
  readonly groupings: readonly string[];
  /** 0 for none, else 1 + the index in `segmentIds`. */
  readonly segments: Uint32Array; // (slots)
  readonly versions: Uint32Array; // (slots), into groupings
  readonly margins: Float32Array; // (slots)
  readonly starts: Float64Array; // (slots)
}

/**
 * Creates a memory of segments, empty or as it was when the snapshot was taken.
 *
 * @throws SegtideError `state` when the snapshot has another format
 */
export function createSegmentMemory(snapshot?: SegmentMemorySnapshot): SegmentMemory {
  if (snapshot !== undefined && snapshot.format !== 2) {
    throw new SegtideError(
      'state',
      `the segment memory has format ${String(snapshot.format)}, this version reads format 2; start without the checkpoint, or with the version that wrote it`,
    );
  }
  const segmentIds = createNames(snapshot?.segmentIds);
  const groupings = createNames(snapshot?.groupings);
  // The snapshot stays its owner's: what is remembered is copied.
  let segments = new Uint32Array(snapshot?.segments ?? []);
  let versions = new Uint32Array(snapshot?.versions ?? []);
  let margins = new Float32Array(snapshot?.margins ?? []);
  let starts = new Float64Array(snapshot?.starts ?? []);

  const grow = (slots: number): void => {
    const capacity = Math.max(1024, slots, segments.length * 2);
    const grown = <T extends Uint32Array | Float32Array | Float64Array>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    segments = grown(new Uint32Array(capacity), segments);
    versions = grown(new Uint32Array(capacity), versions);
    margins = grown(new Float32Array(capacity), margins);
    starts = grown(new Float64Array(capacity), starts);
  };

  return {
    observe({ windows, modelVersion, segmentIds: ids, nearest, margins: given }) {
      const { length } = windows;
      const previousSegmentIds = new Array<string | null>(length);
      const previousModelVersions = new Array<string | null>(length);
      const previousMargins = new Float32Array(length);
      const changed: number[] = [];
      const regrouped = new Set<number>();
      const version = groupings.indexOf([modelVersion, ...ids].join('\n'));
      const versionNames = groupings.all().map((grouping) => grouping.split('\n', 1)[0]!);
      const segmentOf = ids.map((id) => segmentIds.indexOf(id) + 1);
      for (let i = 0; i < length; i++) {
        const slot = windows.customers[i]!;
        if (slot >= segments.length) grow(slot + 1);
        const before = segments[slot]!;
        previousSegmentIds[i] = before === 0 ? null : segmentIds.at(before - 1);
        previousModelVersions[i] = before === 0 ? null : versionNames[versions[slot]!]!;
        previousMargins[i] = before === 0 ? Number.NaN : margins[slot]!;
        if (windows.finals[i] !== 1 || (before !== 0 && windows.starts[i]! < starts[slot]!)) continue;
        const segment = segmentOf[nearest[i]!]!;
        if (before !== 0 && segment !== before) {
          changed.push(i);
          if (versions[slot] !== version && previousModelVersions[i] === modelVersion) regrouped.add(i);
        }
        segments[slot] = segment;
        versions[slot] = version;
        margins[slot] = given[i]!;
        starts[slot] = windows.starts[i]!;
      }
      return { previousSegmentIds, previousModelVersions, previousMargins, changed, regrouped };
    },
    sizes() {
      const sizes = new Map<string, number>();
      for (const segment of segments) {
        if (segment === 0) continue;
        const id = segmentIds.at(segment - 1);
        sizes.set(id, (sizes.get(id) ?? 0) + 1);
      }
      return sizes;
    },
    forget(slots) {
      for (const slot of slots) if (slot < segments.length) segments[slot] = 0;
    },
    snapshot() {
      let slots = segments.length;
      while (slots > 0 && segments[slots - 1] === 0) slots--;
      return {
        format: 2,
        segmentIds: segmentIds.all(),
        groupings: groupings.all(),
        segments: segments.slice(0, slots),
        versions: versions.slice(0, slots),
        margins: margins.slice(0, slots),
        starts: starts.slice(0, slots),
      };
    },
  };
}

/** Strings by index: a customer's segment takes four bytes, however long its id. */
function createNames(known: readonly string[] = []) {
  const names = [...known];
  const indexes = new Map(names.map((name, i) => [name, i]));
  return {
    at: (index: number): string => names[index]!,
    indexOf(name: string): number {
      let index = indexes.get(name);
      if (index === undefined) {
        index = names.length;
        names.push(name);
        indexes.set(name, index);
      }
      return index;
    },
    all: (): readonly string[] => [...names],
  };
}
