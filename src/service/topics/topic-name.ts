/** Outputs that have a topic of their own, in the order of the pipeline. */
export const OUTPUT_TOPICS = [
  'assignments',
  'transitions',
  'embeddings',
  'segments',
  'drift',
  'alerts',
  'model-events',
  'late',
  'dead-letters',
] as const;

/** What workers and trainer tell each other, and what they keep. */
export const INNER_TOPICS = [
  'models',
  'model-requests',
  'samples',
  'statistics',
  'state',
  'trainer-state',
  'forget-requests',
  'repartitioned',
] as const;

/** A topic of segtide's own, by what it is for. */
export type TopicName = (typeof OUTPUT_TOPICS)[number] | (typeof INNER_TOPICS)[number];

/** What `output` says of names. */
export interface TopicNaming {
  readonly topicPrefix: string;
  readonly topics: { readonly [name in TopicName]?: string };
}

/** The topic's name at the broker: the one given for it, else the prefix and what it is for. */
export function topicOf({ topicPrefix, topics }: TopicNaming, name: TopicName): string {
  return topics[name] ?? `${topicPrefix}${name}`;
}
