import { encodeSamples } from '../../train/encode-samples.js';
import { encodeStatistics } from '../../train/encode-statistics.js';
import type { OutgoingRecord } from '../../transport/kafka/kafka-producer.js';
import type { Lessons } from '../../worker/interval-learner.js';

/** The topics by which workers teach the trainer. */
export interface LessonTopics {
  readonly samples: string;
  readonly statistics: string;
}

/** Lessons as records of their topics, in order. */
export function* toLessonRecords(
  { samples, statistics }: Lessons,
  topics: LessonTopics,
): Generator<readonly [topic: string, record: OutgoingRecord]> {
  const key = String(samples.partition);
  for (const value of encodeSamples(samples)) yield [topics.samples, { key, value }];
  for (const record of statistics) yield [topics.statistics, { key, value: encodeStatistics(record) }];
}
