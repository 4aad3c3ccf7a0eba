import { frameSnapshot, unframeSnapshot } from '../../numeric/framed-snapshot.js';
import type { Scored } from '../../worker/scorer.js';

/** What a worker did with its input since the last commit, and what came of it: enough to do the same again. */
export interface LogEntry {
  /** Where reading began, by topic; in the entry of the first records of each. */
  readonly starts: Readonly<Record<string, string>>;
  /** Number of the next lesson for the trainer. */
  readonly lessons: number;
  readonly kinds: Uint8Array; // (decisions), indexes of `DECISIONS`
  readonly topics: Uint8Array; // (decisions), index of the topic that was taken from
  /** Offset of the next record of that topic. */
  readonly nexts: BigInt64Array; // (decisions)
  /** The topics that were idle, a bit each: they did not hold the watermark back. */
  readonly idle: Uint32Array; // (decisions)
  /** Processing time. */
  readonly clocks: Float64Array; // (decisions)
  /** Schema ids that nobody knew, by the index of the decision; mostly none. */
  readonly unknownIds: Readonly<Record<number, readonly number[]>>;
  readonly pages: Uint32Array; // (pages), windows of each
  /** What scored each page: an index of `models`, or -1 for none. */
  readonly pageModels: Int16Array; // (pages)
  readonly models: readonly ModelInForce[];
  readonly nearest: Uint16Array; // (windows of pages that were scored)
  readonly margins: Float32Array; // the same
}

export interface ModelInForce {
  readonly modelVersion: string;
  readonly centroidEpoch: number;
  readonly segmentIds: readonly string[];
}

/** `take`: records of a topic, up to an offset; `silence`: none came, and windows may close by the clock; `wake`: reading began anew. */
export type DecisionKind = 'take' | 'silence' | 'wake';

export const DECISIONS: readonly DecisionKind[] = ['take', 'silence', 'wake'];

const KIND = { name: 'log of the state', format: 1 };

/** Collects what goes into the next entry. */
export interface DecisionLog {
  /** Reading of a topic begins here, for the first time ever. */
  starts(topic: string, offset: bigint): void;
  /** @param unknownIds schema ids that nobody knew, so that their records were refused */
  take(topic: number, next: bigint, idle: number, clock: number, unknownIds?: ReadonlySet<number>): void;
  silence(clock: number): void;
  wake(clock: number): void;
  page(scored: Scored): void;
  /** Whether anything worth a commit came since the last entry: silence by itself is not. */
  readonly isEventful: boolean;
  /**
   * The entry, and begins the next; undefined where nothing was decided.
   *
   * @param lessons number of the next one for the trainer, after those of this commit
   */
  entry(lessons: number): LogEntry | undefined;
}

export function createDecisionLog(): DecisionLog {
  let current = newColumns();
  const decide = (kind: DecisionKind, topic: number, next: bigint, idle: number, clock: number): void => {
    current.kinds.push(DECISIONS.indexOf(kind));
    current.topics.push(topic);
    current.nexts.push(next);
    current.idle.push(idle);
    current.clocks.push(clock);
  };
  const isEventful = (): boolean =>
    current.pages.length > 0 || current.kinds.some((kind) => kind === 0) || current.kinds.length >= MANY;

  return {
    starts(topic, offset) {
      current.starts[topic] = String(offset);
    },
    take(topic, next, idle, clock, unknownIds) {
      if (unknownIds !== undefined) current.unknownIds[current.kinds.length] = [...unknownIds];
      decide('take', topic, next, idle, clock);
    },
    silence: (clock) => decide('silence', 0, 0n, 0, clock),
    wake: (clock) => decide('wake', 0, 0n, 0, clock),
    page({ series, assignments }) {
      current.pages.push(series.length);
      if (assignments === undefined) {
        current.pageModels.push(-1);
        return;
      }
      const { modelVersion, centroidEpoch, segmentIds } = assignments.model;
      const last = current.models.at(-1);
      if (last?.modelVersion !== modelVersion || last.centroidEpoch !== centroidEpoch) {
        current.models.push({ modelVersion, centroidEpoch, segmentIds });
      }
      current.pageModels.push(current.models.length - 1);
      for (const segment of assignments.nearest) current.nearest.push(segment);
      for (const margin of assignments.margins) current.margins.push(margin);
    },
    get isEventful() {
      return isEventful();
    },
    entry(lessons) {
      const { starts, kinds, topics, nexts, idle, clocks, unknownIds, pages, pageModels, models, nearest, margins } =
        current;
      if (kinds.length === 0 && pages.length === 0) return undefined;
      current = newColumns();
      return {
        starts,
        lessons,
        kinds: Uint8Array.from(kinds),
        topics: Uint8Array.from(topics),
        nexts: BigInt64Array.from(nexts),
        idle: Uint32Array.from(idle),
        clocks: Float64Array.from(clocks),
        unknownIds,
        pages: Uint32Array.from(pages),
        pageModels: Int16Array.from(pageModels),
        models,
        nearest: Uint16Array.from(nearest),
        margins: Float32Array.from(margins),
      };
    },
  };
}

/** Even where it is silence alone, a log is not to grow for ever. */
const MANY = 1000;

function newColumns() {
  return {
    starts: {} as Record<string, string>,
    kinds: [] as number[],
    topics: [] as number[],
    nexts: [] as bigint[],
    idle: [] as number[],
    clocks: [] as number[],
    unknownIds: {} as Record<number, readonly number[]>,
    pages: [] as number[],
    pageModels: [] as number[],
    models: [] as ModelInForce[],
    nearest: [] as number[],
    margins: [] as number[],
  };
}

export function encodeLogEntry(entry: LogEntry): Uint8Array {
  return frameSnapshot(KIND, entry);
}

/** @throws SegtideError `state` when the entry is damaged or of another format */
export function decodeLogEntry(bytes: Uint8Array): LogEntry {
  return unframeSnapshot(KIND, bytes) as LogEntry;
}
