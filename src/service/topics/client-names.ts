// Names of segtide's own at the brokers, groups made of `input.kafka.groupId`, transactional ids of
// `output.topicPrefix`; the least rights are told by them.

/** Consumer group of the trainers: one is active, the others stand by. */
export function trainerGroup(groupId: string): string {
  return `${groupId}-trainer`;
}

/** What groups begin with that read inner topics and commit nothing; each reader has one of its own. */
export function readerGroupPrefix(groupId: string): string {
  return `${groupId}-reader-`;
}

/** Consumer group of those who send alerts to one receiver: each alert is sent by one of them. */
export function notifierGroup(groupId: string, receiver: string): string {
  return `${notifierGroupPrefix(groupId)}${receiver}`;
}

export function notifierGroupPrefix(groupId: string): string {
  return `${groupId}-notify-`;
}

/**
 * What transactional ids of workers begin with, one for each partition of the input. They go by the topics that are
 * written to: a second group that writes to the same ones has to be fenced.
 */
export function workerTransactionalIds(topicPrefix: string): string {
  return `${topicPrefix}worker-`;
}

/** The same of those who copy topics of the input. */
export function repartitionTransactionalIds(topicPrefix: string): string {
  return `${topicPrefix}repartition-`;
}

/** Consumer group of those who copy a topic of the input where `input.keyed` is `repartition`. */
export function repartitionGroup(groupId: string, topic: string): string {
  return `${repartitionGroupPrefix(groupId)}${topic}`;
}

export function repartitionGroupPrefix(groupId: string): string {
  return `${groupId}-repartition-`;
}

/** Transactional id of the trainer. */
export function trainerTransactionalId(topicPrefix: string): string {
  return `${topicPrefix}trainer`;
}
