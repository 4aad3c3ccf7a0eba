import { frameSnapshot, unframeSnapshot } from '../../numeric/framed-snapshot.js';
import type { AlertMarks } from '../../worker/alerting.js';
import type { Scored } from '../../worker/scorer.js';

/** What a worker did with its input since the last commit, and what came of it: enough to do the same again. */
export interface LogEntry {
  /** Hash of the settings that shape the state. */
  readonly identity: string;
  /** Partitions of each input topic. */
  readonly partitions: number;
  /** What `topics` are indexes of. */
  readonly names: readonly string[];
  /** Where reading began, by topic; in the entry of the first records of each. */
  readonly starts: Readonly<Record<string, string>>;
  /** Number of the next lesson for the trainer. */
  readonly lessons: number;
  readonly kinds: Uint8Array; // (decisions), indexes of `DECISIONS`
  readonly topics: Uint8Array; // (decisions), index of the topic that was taken from
  /** Offset of the next record of that topic. */
  readonly nexts: BigInt64Array; // (decisions)
  /** Records that were taken. */
  readonly counts: Uint32Array; // (decisions)
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
  /** Of each page, where alerts are watched for; mostly empty. */
  readonly marks: Readonly<Record<number, AlertMarks>>;
}

export interface ModelInForce {
  readonly modelVersion: string;
  readonly centroidEpoch: number;
  readonly segmentIds: readonly string[];
}

/** `take`: records of a topic, up to an offset; `silence`: none came, and windows may close by the clock; `wake`: reading began anew. */
export type DecisionKind = 'take' | 'silence' | 'wake';

export const DECISIONS: readonly DecisionKind[] = ['take', 'silence', 'wake'];

const KIND = { name: 'log of the state', format: 2 };

/** Records that made a batch. */
export interface Taken {
  readonly topic: string;
  /** Offset of the next record of the topic. */
  readonly next: bigint;
  readonly count: number;
  /** Topics that were idle, a bit each. */
  readonly idle: number;
  readonly clock: number;
  /** Schema ids that nobody knew, so that their records were refused. */
  readonly unknownIds?: ReadonlySet<number> | undefined;
}

/** Collects what goes into the next entry. */
export interface DecisionLog {
  /** Reading of a topic begins here, for the first time ever. */
  starts(topic: string, offset: bigint): void;
  take(taken: Taken): void;
  silence(clock: number): void;
  wake(clock: number): void;
  page(scored: Scored, marks: AlertMarks): void;
  /** Whether anything worth a commit came since the last entry: silence by itself is not. */
  readonly isEventful: boolean;
  /**
   * The entry, and begins the next; undefined where nothing was decided.
   *
   * @param lessons number of the next one for the trainer, after those of this commit
   */
  entry(lessons: number): LogEntry | undefined;
}

export function createDecisionLog({ identity, partitions }: Pick<LogEntry, 'identity' | 'partitions'>): DecisionLog {
  let current = newColumns();
  const decide = (kind: DecisionKind, clock: number, topic = 0, next = 0n, count = 0, idle = 0): void => {
    current.kinds.push(DECISIONS.indexOf(kind));
    current.topics.push(topic);
    current.nexts.push(next);
    current.counts.push(count);
    current.idle.push(idle);
    current.clocks.push(clock);
  };
  const indexOf = (name: string): number => {
    const index = current.names.indexOf(name);
    return index < 0 ? current.names.push(name) - 1 : index;
  };
  const isEventful = (): boolean =>
    current.pages.some((windows) => windows > 0) ||
    current.kinds.some((kind) => kind === 0) ||
    current.kinds.length >= MANY;

  return {
    starts(topic, offset) {
      current.starts[topic] = String(offset);
    },
    take({ topic, next, count, idle, clock, unknownIds }) {
      if (unknownIds !== undefined) current.unknownIds[current.kinds.length] = [...unknownIds];
      decide('take', clock, indexOf(topic), next, count, idle);
    },
    silence: (clock) => decide('silence', clock),
    wake: (clock) => decide('wake', clock),
    page({ series, assignments }, marks) {
      if (marks.odd.length + marks.moved.length > 0 || marks.ruled !== undefined)
        current.marks[current.pages.length] = marks;
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
      const { kinds, pages, starts, names, unknownIds, models, marks } = current;
      const columns = current;
      if (kinds.length === 0 && pages.length === 0) return undefined;
      current = newColumns();
      return {
        ...{ identity, partitions, starts, lessons, names, unknownIds, models, marks },
        kinds: Uint8Array.from(kinds),
        topics: Uint8Array.from(columns.topics),
        nexts: BigInt64Array.from(columns.nexts),
        counts: Uint32Array.from(columns.counts),
        idle: Uint32Array.from(columns.idle),
        clocks: Float64Array.from(columns.clocks),
        pages: Uint32Array.from(pages),
        pageModels: Int16Array.from(columns.pageModels),
        nearest: Uint16Array.from(columns.nearest),
        margins: Float32Array.from(columns.margins),
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
    counts: [] as number[],
    names: [] as string[],
    idle: [] as number[],
    clocks: [] as number[],
    unknownIds: {} as Record<number, readonly number[]>,
    pages: [] as number[],
    pageModels: [] as number[],
    models: [] as ModelInForce[],
    nearest: [] as number[],
    margins: [] as number[],
    marks: {} as Record<number, AlertMarks>,
  };
}

export function encodeLogEntry(entry: LogEntry): Uint8Array {
  return frameSnapshot(KIND, entry);
}

/** @throws SegtideError `state` when the entry is damaged or of another format */
export function decodeLogEntry(bytes: Uint8Array): LogEntry {
  return unframeSnapshot(KIND, bytes) as LogEntry;
}
