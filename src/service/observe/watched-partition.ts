import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';

/** The same partition, which tells whenever its owner looks for records or is done with some: that the owner lives. */
export function watchedPartition(assigned: AssignedPartition, turned: () => void): AssignedPartition {
  return {
    partition: assigned.partition,
    topics: assigned.topics,
    signal: assigned.signal,
    start: (offsets) => assigned.start(offsets),
    get waiting() {
      turned();
      return assigned.waiting;
    },
    peek(topic, maxBytes, before) {
      turned();
      return assigned.peek(topic, maxBytes, before);
    },
    take: (topic, count) => assigned.take(topic, count),
    working() {
      turned();
      assigned.working();
    },
    next: (topic) => assigned.next(topic),
    get rounds() {
      return assigned.rounds;
    },
    arrival: (ms, topic) => assigned.arrival(ms, topic),
  };
}
