import { SegtideError } from '../../errors.js';
import { refuseUnfit } from '../../train/loaded-model.js';
import { createModelAssembler, type ModelProblem } from '../../train/model-assembler.js';
import type { ModelRecord } from '../../train/model-record.js';
import type { ModelSettings } from '../../train/training-job.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';

/** The models of a deployment, as their topic has them by now. */
export interface ModelFeed {
  /**
   * The model before the newest and the newest, each followed by its latest centroids where they have moved; none before
   * the first. The same array, and the same records in it, until something changes.
   */
  current(): readonly ModelRecord[];
  /** Resolves when the feed is closed, and rejects when the topic can't be read any more. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

export interface ModelFeedOptions {
  readonly reader: TopicReader;
  readonly topic: string;
  /** Models that were fitted under other settings are passed over. */
  readonly model: Pick<ModelSettings, 'seriesHash'>;
  /**
   * Offset of the last record that there is. The mark of a transaction at the end of a topic is no record. @default
   * undefined: there is none
   */
  readonly last?: bigint | undefined;
  /** Told of each model that can't be used; the ones before stay in force. */
  readonly onProblem: (problem: ModelProblem) => void;
  readonly onChange?: (models: readonly ModelRecord[]) => void;
  /**
   * The topic counts as read after so long without a record: its last ones may be of an aborted transaction.
   * @default 10000
   */
  readonly patienceMs?: number;
}

/**
 * Follows the topic of models from its oldest record on, until it is closed. Resolves when it was read to where it ended:
 * a worker that begins then begins with the model in force, and is warming only where there is none.
 *
 * @throws SegtideError `transport` when the topic can't be read; `state` when all that it can read there was fitted under
 * other settings: it would never give anybody a segment
 */
export async function createModelFeed(options: ModelFeedOptions): Promise<ModelFeed> {
  const { reader, topic, model, last, onProblem, onChange, patienceMs = 10_000 } = options;
  let foreign: string | undefined;
  const assembler = createModelAssembler({
    check: (artifact) => {
      if (artifact.seriesHash !== model.seriesHash) foreign = artifact.modelVersion;
      refuseUnfit(artifact, model.seriesHash);
    },
  });
  const closing = new AbortController();
  let catchUp = (): void => undefined;
  const caughtUp = new Promise<void>((resolve) => {
    catchUp = resolve;
  });
  const patience = setTimeout(catchUp, last === undefined ? 0 : patienceMs);

  const ended = reader
    .read(
      topic,
      0,
      undefined,
      (records) => {
        patience.refresh();
        const before = assembler.models;
        const read = Array.from(records, ({ key, value }) => ({ key: key === null ? null : String(key), value }));
        for (const problem of assembler.take(read)) onProblem(problem);
        if (assembler.models !== before) onChange?.(assembler.models);
        if (last !== undefined && records.length > 0 && records.offset(records.length - 1) >= last) catchUp();
        return false;
      },
      closing.signal,
    )
    .finally(() => clearTimeout(patience));
  // Whoever waits for it is told.
  ended.catch(() => undefined);
  await Promise.race([caughtUp, ended]);
  const close = async (): Promise<void> => {
    closing.abort();
    await ended;
  };
  if (foreign !== undefined && assembler.models.length === 0) {
    await close();
    throw new SegtideError(
      'state',
      `${topic} holds ${foreign}, fitted under other settings of window and series than these, and no model that could be used with them; put them back, or begin anew with another consumer group and another output.topicPrefix`,
      { context: { topic } },
    );
  }
  return { current: () => assembler.models, ended, close };
}
