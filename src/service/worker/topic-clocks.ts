/**
 * One clock for the topics of a partition: the least of the newest event times of those that are not idle. A topic
 * that lags holds the watermark back.
 */
export interface TopicClocks {
  /** The newest event time of a topic; -Infinity before its first event. */
  newest(topic: number): number;
  /**
   * The event times that the watermark may follow after each of a topic's events; undefined where there is one topic
   * only, whose events are their own clock. Valid until the next call.
   *
   * @param idle topics that hold nothing back, a bit each
   * @param notAfter later event times are implausible and move no clock, epoch ms
   */
  follow(
    topic: number,
    eventTimes: Float64Array,
    length: number,
    idle: number,
    notAfter: number,
  ): Float64Array | undefined;
  /** Newest event times, by topic. */
  snapshot(): Record<string, number>;
}

/** @param names of the topics, at most 32 */
export function createTopicClocks(names: readonly string[], from: Readonly<Record<string, number>> = {}): TopicClocks {
  const newest = Float64Array.from(names, (name) => from[name] ?? Number.NEGATIVE_INFINITY);
  let buffer = new Float64Array(0);
  return {
    newest: (topic) => newest[topic]!,
    follow(topic, eventTimes, length, idle, notAfter) {
      if (names.length === 1) return undefined;
      let others = Number.POSITIVE_INFINITY;
      for (let other = 0; other < names.length; other++) {
        if (other !== topic && (idle & (1 << other)) === 0) others = Math.min(others, newest[other]!);
      }
      if (buffer.length < length) buffer = new Float64Array(Math.max(length, buffer.length * 2));
      for (let i = 0; i < length; i++) {
        const time = eventTimes[i]!;
        if (time > newest[topic]! && time <= notAfter) newest[topic] = time;
        buffer[i] = Math.min(newest[topic]!, others);
      }
      return buffer.subarray(0, length);
    },
    snapshot: () => Object.fromEntries(names.map((name, i) => [name, newest[i]!])),
  };
}
