import type { Config } from '../../../src/service/config/schema.js';
import { resolveRun } from '../../../src/service/run/run-settings.js';
import { topicOf } from '../../../src/service/topics/topic-name.js';
import { decodeTrainerState } from '../../../src/service/trainer/trainer-state.js';
import type { TrainerSnapshot } from '../../../src/trainer/trainer-snapshot.js';
import { createStateHistory } from '../../../src/transport/kafka/state-history.js';
import { createTopicReader } from '../../../src/transport/kafka/topic-reader.js';
import { openTestKafka } from '../kafka/state-place.js';

/** What the last trainer knew when it committed last. */
export async function readTrainerState(brokers: string[], config: Config): Promise<TrainerSnapshot> {
  const topic = topicOf(config.output, 'trainer-state');
  const context = { topic, partition: 0 };
  const history = createStateHistory(context);
  const reader = await createTopicReader(openTestKafka(brokers), {
    groupId: `${topic}-test`,
    topics: [topic],
    newId: () => '1',
  });
  try {
    await reader.read(
      topic,
      0,
      undefined,
      (records) => {
        for (const record of records) history.add(record);
        return false;
      },
      AbortSignal.timeout(READ_MS),
    );
  } finally {
    await reader.close();
  }
  const { state } = await history.restore();
  return decodeTrainerState(state.checkpoint!, resolveRun(config).segmentation.trainer.model.seriesHash).trainer;
}

/** A broker at rest hands a small topic over in a fraction of it. */
const READ_MS = 3000;
