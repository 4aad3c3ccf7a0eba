import { randomUUID } from 'node:crypto';
import { lastValueFrom, tap } from 'rxjs';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import { createEncoders } from '../../encode/threads/create-encoders.js';
import { createPipeline } from '../../pipeline.js';
import { toSegmentedWindows } from '../../publish/segment-memory.js';
import type { ModelRecord } from '../../train/model-record.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { createTopicReader } from '../../transport/kafka/topic-reader.js';
import { describeTopic } from '../../transport/kafka/topics.js';
import { createWindower } from '../../window/windower.js';
import { NO_MARKS } from '../../worker/alerting.js';
import { createPages } from '../../worker/pages.js';
import { createPublisher, type PublishedCounts } from '../../worker/publisher.js';
import { createScorer } from '../../worker/scorer.js';
import type { Config } from '../config/schema.js';
import { checkEncoderRuntime } from '../run/check-encoder-runtime.js';
import { checkPlugins } from '../run/check-plugins.js';
import { openOutputs, type RunOutputs } from '../run/open-outputs.js';
import { openValues } from '../run/open-values.js';
import type { RoleDeps } from '../run/role.js';
import { type RunSettings, resolveRun } from '../run/run-settings.js';
import { tellUnembedded } from '../run/tell-unembedded.js';
import { toConnection } from '../run/to-connection.js';
import type { OutputSummary } from '../run-summary.js';
import { findInputTopics } from '../topics/input-topics.js';
import { topicOf } from '../topics/topic-name.js';
import { findReplayModel } from './replay-model.js';
import { findReplayRanges, type ReplayTimes } from './replay-ranges.js';
import { createReplaySource, type ReplaySource } from './replay-source.js';

export interface ReplayOptions extends ReplayTimes {
  /** A version in the topic of models, or a file. @default the newest version */
  readonly model?: string | undefined;
  /** Where results go, instead of where the config's `output` says. */
  readonly output: Config['output'];
}

export interface ReplaySummary {
  readonly from: number;
  readonly to: number;
  readonly partitions: number;
  /** Of the range, readable or not. */
  readonly records: number;
  readonly windows: number;
  readonly revisions: number;
  readonly transitions: number;
  readonly modelVersion: string;
  readonly outputs: readonly OutputSummary[];
  readonly seconds: number;
  /** Whether it was stopped before the end of the range. */
  readonly interrupted: boolean;
}

/**
 * Makes once more what workers made while they read the records of a range of time, with one model and without a wall
 * clock: the same range and model give the same bytes. Nothing is learnt, and no offset of the group is touched.
 *
 * Reading begins some time before the range, so that the windows that close in it are whole and their customers' segments
 * before are known; what closes there is not written. Windows that are open at the end are not written either.
 *
 * @throws SegtideError `config` where the model is not there; `state` where the range is not, or not any more
 */
export async function replayFromConfig(config: Config, options: ReplayOptions, deps: RoleDeps): Promise<ReplaySummary> {
  const { input, run } = config;
  const { clock, log, signal } = deps;
  const settings = resolveRun(config);
  const kafkaInput = input.kafka!;
  const startedAt = clock.now();
  await checkPlugins(config);
  await checkEncoderRuntime(config);
  const kafka = await openKafka(await toConnection(kafkaInput, clock));
  const modelTopic = topicOf(config.output, 'models');
  const isRepartitioned = input.keyed === 'repartition';
  const topics = isRepartitioned
    ? [topicOf(config.output, 'repartitioned')]
    : (await findInputTopics(kafka, { topics: kafkaInput.topics, keyed: input.keyed })).map(({ topic }) => topic);
  const ranges = await findReplayRanges(kafka, topics, options, {
    outOfRange: kafkaInput.outOfRange,
    onRemoved: (text) => log.warn(text),
  });
  const partitions = 1 + Math.max(...ranges.map(({ partition }) => partition));
  const reader = await createTopicReader(kafka, {
    groupId: kafkaInput.groupId,
    topics: [...topics, modelTopic],
    newId: randomUUID,
  });
  const encoders = createEncoders(settings.segmentation.trainer.model.encoder, {
    threads: run.encodeThreads,
    onFailure: tellUnembedded(log),
  });
  const values = await openValues(kafkaInput, settings.stages.ingest, clock);
  let outputs: RunOutputs | undefined;
  try {
    const [range] = await describeTopic(kafka, modelTopic);
    const feed = { reader, topic: modelTopic, range: range! };
    const model = await findReplayModel(options.model, feed, settings.segmentation.trainer.model);
    const names = ['assignments', 'transitions', 'late', 'dead-letters'];
    if (options.output.embeddings.enabled) names.push('embeddings');
    const written = await openOutputs({ ...config, output: options.output }, undefined, names);
    outputs = written;
    const total = { records: 0, windows: 0, revisions: 0, transitions: 0 };
    // One after another: lines of a file are in one order then, whatever the machine.
    for (let partition = 0; partition < partitions && !signal.aborted; partition++) {
      const source = createReplaySource(
        ranges.filter((one) => one.partition === partition),
        { reader, values: await values.create() },
        {
          keyed: partitions > 1 && input.keyed === 'verify' ? 'verify' : 'trust',
          notAfter: options.to + settings.stages.window.maxFutureMs,
          signal,
        },
      );
      const parts = { source, model, outputs: written, openEncoder: encoders.open, to: options.to };
      const counts = await replayPartition(settings, parts, (windows, watermark) =>
        deps.progress({
          phase: `partition ${partition + 1} of ${partitions}`,
          events: total.records + source.records,
          windows: total.windows + windows,
          watermark,
          modelVersion: versionOf(model),
        }),
      );
      total.records += source.records;
      total.windows += counts.windows;
      total.revisions += counts.revisions;
      total.transitions += counts.transitions;
    }
    await written.flush();
    return {
      ...{ from: options.from, to: options.to, partitions },
      ...total,
      modelVersion: versionOf(model),
      outputs: written.summary,
      seconds: (clock.now() - startedAt) / 1000,
      interrupted: signal.aborted,
    };
  } finally {
    await outputs?.close();
    await reader.close();
    values.close();
    await encoders.close();
  }
}

interface PartitionParts {
  readonly source: ReplaySource;
  readonly model: readonly ModelRecord[];
  readonly outputs: RunOutputs;
  readonly openEncoder: OpenEncoder | undefined;
  /** End of the range: what no event of it can be much later than. */
  readonly to: number;
}

async function replayPartition(
  { segmentation }: RunSettings,
  { source, model, outputs, openEncoder, to }: PartitionParts,
  onPage: (windows: number, watermark: number) => void,
): Promise<Pick<PublishedCounts, 'windows' | 'revisions' | 'transitions'>> {
  const { learnEvery, learnFirst, trainer, window } = segmentation;
  const { series, seriesHash, encoder } = trainer.model;
  const windower = createWindower(window);
  const isStopped = (): boolean => source.isOver;
  const pages = createPages(source, windower, { learnEvery, learnFirst, clock: { now: () => to }, isStopped });
  const scorer = createScorer(series, seriesHash, model, encoder.engine, openEncoder);
  const publisher = createPublisher(outputs.sinks, scorer);
  const before = { windows: 0, revisions: 0, transitions: 0 };
  const page$ = createPipeline({
    pages,
    takeModel: async () => undefined,
    scorer,
    publisher: {
      async publish(page, scored) {
        if (!source.isLeadIn) return publisher.publish(page, scored);
        publisher.recall(page, scored.assignments && toSegmentedWindows(scored.assignments), NO_MARKS);
        const { windows, revisions, transitions } = publisher.counts;
        Object.assign(before, { windows, revisions, transitions });
        return { marks: NO_MARKS, history: undefined };
      },
    },
    learner: { learn: async () => undefined },
  });
  const since = () => ({
    windows: publisher.counts.windows - before.windows,
    revisions: publisher.counts.revisions - before.revisions,
    transitions: publisher.counts.transitions - before.transitions,
  });
  await lastValueFrom(page$.pipe(tap((page) => onPage(since().windows, page.windows.watermark))), {
    defaultValue: undefined,
  });
  return since();
}

function versionOf(model: readonly ModelRecord[]): string {
  const [first] = model;
  return first?.kind === 'model' ? first.modelVersion : '';
}
