import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { ListedModel } from '../../train/listed-model.js';
import type { ModelRequest } from '../../train/model-request.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { createKafkaProducer } from '../../transport/kafka/kafka-producer.js';
import { createTopicReader } from '../../transport/kafka/topic-reader.js';
import type { Config } from '../config/schema.js';
import { hasBegun, lookInto } from '../run/folder-state.js';
import { toConnection } from '../run/to-connection.js';
import { topicOf } from '../topics/topic-name.js';
import { createFolderRegistry } from './folder-registry.js';
import { readModelTopic } from './read-model-topic.js';
import { renameInOutput } from './rename-in-output.js';
import { createRequestFolder } from './request-folder.js';

/** Folder of the models, in the output folder of a run. */
export const MODELS_FOLDER = 'models';
/** Folder of the requests, in that of the models. */
export const REQUESTS_FOLDER = 'requests';

/** The models of a run or of a deployment, as somebody beside it sees them. */
export interface ModelPlace {
  /** In words. */
  readonly name: string;
  /** Who does what is asked for, and when, in words. */
  readonly doneBy: string;
  /** In the order of their training. */
  list(): Promise<readonly ListedModel[]>;
  /**
   * Asks the trainer.
   *
   * @throws SegtideError `state` where nobody will ever read it
   */
  ask(request: ModelRequest): Promise<void>;
}

/** The models of a run that writes into a folder. */
export function openModelFolder(folder: string): ModelPlace {
  const models = join(folder, MODELS_FOLDER);
  return {
    name: folder,
    doneBy:
      'the run takes it between two batches of windows, or when it goes on by --resume; names of segments are changed at once where it has ended',
    async list() {
      const { kind } = await lookInto(folder);
      if (kind === 'unfinished' || kind === 'finished' || hasBegun(folder)) return createFolderRegistry(models).list();
      throw new SegtideError('input', `${folder} is not the output folder of a run`, { context: { path: folder } });
    },
    async ask(request) {
      const { kind } = await lookInto(folder);
      if (kind === 'unfinished' || (kind === 'free' && hasBegun(folder)))
        return createRequestFolder(join(models, REQUESTS_FOLDER)).post(request);
      // No trainer will take it any more, and what a segment is called changes nothing else.
      if (kind === 'finished' && request.kind === 'rename') return renameInOutput(folder, request);
      const why =
        kind === 'finished'
          ? `the run in ${folder} has ended; begin another${await withModel(models)}`
          : `${folder} is not the output folder of a run`;
      throw new SegtideError('state', why, { context: { path: folder } });
    },
  };
}

/** With which of the models there another run may begin: the one in force, where its file is whole. */
async function withModel(models: string): Promise<string> {
  const champion = (await createFolderRegistry(models).list()).find(({ status }) => status === 'champion');
  if (champion === undefined || champion.problem !== null) return '';
  return ` with --model ${join(models, `${champion.modelVersion}.safetensors`)}`;
}

/** The models of workers and a trainer on Kafka. */
export function openModelTopics({ input, output }: Config): ModelPlace {
  const models = topicOf(output, 'models');
  const requests = topicOf(output, 'model-requests');
  return {
    name: models,
    doneBy: 'the active trainer takes it at once, and workers with their next batch',
    async list() {
      const { groupId } = input.kafka!;
      const kafka = await openKafka(await toConnection(input.kafka!));
      const reader = await createTopicReader(kafka, { groupId, topics: [models], newId: randomUUID });
      try {
        return await (await readModelTopic(kafka, reader, models)).list();
      } finally {
        await reader.close();
      }
    },
    async ask(request) {
      const producer = await createKafkaProducer(await toConnection(input.kafka!));
      try {
        await producer.send(requests, [{ key: request.id, value: JSON.stringify(request), partition: 0 }]);
      } finally {
        await producer.close();
      }
    },
  };
}
