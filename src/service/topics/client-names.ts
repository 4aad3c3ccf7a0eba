// Names of segtide's own at the brokers, all made of `input.kafka.groupId`; the least rights are told by them.

/** Consumer group of the trainers: one is active, the others stand by. */
export function trainerGroup(groupId: string): string {
  return `${groupId}-trainer`;
}

/** What groups begin with that read inner topics and commit nothing; each reader has one of its own. */
export function readerGroupPrefix(groupId: string): string {
  return `${groupId}-reader-`;
}

/** What transactional ids of workers begin with, one for each partition of the input. */
export function transactionalIdPrefix(groupId: string): string {
  return `${groupId}-`;
}

/** Consumer group of those who copy a topic of the input where `input.keyed` is `repartition`. */
export function repartitionGroup(groupId: string, topic: string): string {
  return `${repartitionGroupPrefix(groupId)}${topic}`;
}

export function repartitionGroupPrefix(groupId: string): string {
  return `${groupId}-repartition-`;
}

/** Transactional id of the trainer. */
export function trainerTransactionalId(groupId: string): string {
  return `${groupId}-trainer`;
}
