import { refuseUnfit } from '../../train/loaded-model.js';
import { createModelAssembler, type ModelProblem } from '../../train/model-assembler.js';
import type { ModelRecord } from '../../train/model-record.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';

/** The models of a deployment, as their topic has them by now. */
export interface ModelFeed {
  /**
   * The model before the newest and the newest, each followed by its latest centroids where they have moved; none before
   * the first. The same array, and the same records in it, until something changes.
   */
  current(): readonly ModelRecord[];
  /** Resolves when the topic was read to where it ended at the start. */
  readonly ready: Promise<void>;
  /** Resolves when the signal is aborted, and rejects when the topic can't be read any more; so does `ready` then. */
  readonly ended: Promise<void>;
}

export interface ModelFeedOptions {
  readonly reader: TopicReader;
  readonly topic: string;
  /**
   * Offset of the last record that there was at the start; undefined where there was none. Before the end of a topic
   * that is written in transactions lies the mark of the last one, which is no record.
   */
  readonly last: bigint | undefined;
  /** Of the settings in force; models fitted under others are passed over. */
  readonly seriesHash: string;
  readonly signal: AbortSignal;
  /** Told of each model that can't be used; the ones before stay in force. */
  readonly onProblem: (problem: ModelProblem) => void;
  readonly onChange?: (models: readonly ModelRecord[]) => void;
  /** The topic counts as read after so long without a record, as its last ones may be of an aborted transaction. @default 10000 */
  readonly patienceMs?: number;
}

/** Follows the topic of models from its oldest record on, until the signal is aborted. */
export function createModelFeed(options: ModelFeedOptions): ModelFeed {
  const { reader, topic, last, seriesHash, signal, onProblem, onChange, patienceMs = 10_000 } = options;
  const assembler = createModelAssembler({ check: (artifact) => refuseUnfit(artifact, seriesHash) });
  const { promise: caughtUp, resolve: catchUp } = promiseOfNothing();
  const patience = setTimeout(catchUp, last === undefined ? 0 : patienceMs);

  const ended = reader
    .read(
      topic,
      0,
      undefined,
      (records) => {
        patience.refresh();
        const before = assembler.models;
        const read = records.map(({ key, value }) => ({ key: key === null ? null : String(key), value }));
        for (const problem of assembler.take(read)) onProblem(problem);
        if (assembler.models !== before) onChange?.(assembler.models);
        if (last !== undefined && BigInt(records.at(-1)?.offset ?? -1) >= last) catchUp();
        return false;
      },
      signal,
    )
    .finally(() => clearTimeout(patience));
  const ready = Promise.race([caughtUp, ended]);
  // Whoever waits for either is told.
  ended.catch(() => undefined);
  ready.catch(() => undefined);
  return { current: () => assembler.models, ready, ended };
}

function promiseOfNothing(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
