import { createModelAssembler, type ModelProblem } from '../../train/model-assembler.js';
import type { ModelRecord } from '../../train/model-record.js';
import type { ModelSettings } from '../../train/training-job.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';

export interface ModelFeedOptions {
  readonly reader: TopicReader;
  readonly topic: string;
  readonly model: ModelSettings;
  readonly onProblem: (p: ModelProblem) => void;
}
export async function createModelFeed({
  reader,
  topic,
  onProblem,
}: ModelFeedOptions): Promise<{ current(): readonly ModelRecord[]; close(): Promise<void> }> {
  const assembler = createModelAssembler();
  const end = new AbortController();
  const reading = reader.read(
    topic,
    0,
    undefined,
    (records) => {
      for (const p of assembler.take(records.map(({ key, value }) => ({ key: key?.toString() ?? null, value }))))
        onProblem(p);
      return false;
    },
    end.signal,
  );
  reading.catch(() => {});
  return {
    current: () => assembler.models as never,
    close: async () => {
      end.abort();
      await reading.catch(() => {});
    },
  };
}
