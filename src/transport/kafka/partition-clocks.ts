/**
 * One clock for the partitions of a topic that share a pipeline: the least of the newest event times of those that are
 * not idle. A partition that lags holds the watermark back; one without records does not.
 *
 * All times are epoch ms, and the processing time is the caller's.
 */
export interface PartitionClocks {
  /** Partitions that are read from now on; others are forgotten. */
  assign(partitions: readonly number[], now: number): void;
  /** Records of the partition were fetched. */
  fetched(partition: number, now: number): void;
  /**
   * A round of fetching begins: what earlier rounds brought has been reported by `fetched`. Partitions become idle by
   * the time that rounds take, so that a pipeline which is slow to take records makes no partition idle.
   */
  fetching(now: number): void;
  /** Whether no record of any partition came for `idleMs`. */
  readonly idle: boolean;
  /** The newest event time of a partition; -Infinity before its first event. */
  newest(partition: number): number;
  /**
   * The event times that the watermark may follow after each of a partition's events, written to `into`; undefined
   * while there is one partition only, whose events are their own clock.
   *
   * @param notAfter later event times are implausible and move no clock
   */
  follow(partition: number, eventTimes: Float64Array, length: number, notAfter: number): Float64Array | undefined;
}

/** @param idleMs a partition without records for so long is idle */
export function createPartitionClocks(idleMs: number): PartitionClocks {
  const clocks = new Map<number, { newest: number; fetchedAt: number }>();
  let roundAt = Number.NEGATIVE_INFINITY;
  let buffer = new Float64Array(0);
  const isIdle = (clock: { fetchedAt: number }): boolean => roundAt - clock.fetchedAt >= idleMs;
  return {
    assign(partitions, now) {
      const kept = new Set(partitions);
      for (const partition of clocks.keys()) if (!kept.has(partition)) clocks.delete(partition);
      for (const partition of kept) {
        const clock = clocks.get(partition);
        // It was not read while the group was busy with itself.
        if (clock === undefined) clocks.set(partition, { newest: Number.NEGATIVE_INFINITY, fetchedAt: now });
        else clock.fetchedAt = now;
      }
    },
    fetched(partition, now) {
      const clock = clocks.get(partition);
      if (clock !== undefined) clock.fetchedAt = now;
    },
    fetching(now) {
      roundAt = now;
    },
    get idle() {
      for (const clock of clocks.values()) if (!isIdle(clock)) return false;
      return true;
    },
    newest: (partition) => clocks.get(partition)?.newest ?? Number.NEGATIVE_INFINITY,
    follow(partition, eventTimes, length, notAfter) {
      const clock = clocks.get(partition)!;
      const alone = clocks.size === 1;
      let others = Number.POSITIVE_INFINITY;
      for (const [other, { newest, fetchedAt }] of clocks) {
        if (other !== partition && !isIdle({ fetchedAt })) others = Math.min(others, newest);
      }
      if (!alone && buffer.length < length) buffer = new Float64Array(Math.max(length, buffer.length * 2));
      for (let i = 0; i < length; i++) {
        const time = eventTimes[i]!;
        if (time > clock.newest && time <= notAfter) clock.newest = time;
        if (!alone) buffer[i] = Math.min(clock.newest, others);
      }
      return alone ? undefined : buffer.subarray(0, length);
    },
  };
}
