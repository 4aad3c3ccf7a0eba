import type { Config } from '../config/schema.js';
import {
  notifierGroupPrefix,
  readerGroupPrefix,
  repartitionGroupPrefix,
  repartitionTransactionalIds,
  trainerGroup,
  trainerTransactionalId,
  workerTransactionalIds,
} from './client-names.js';
import { type PlannedTopic, planTopics } from './plan-topics.js';
import type { TopicName } from './topic-name.js';
import { literalPrefixOf, patternOf } from './topic-pattern.js';

/** Who needs rights: `segtide run` is worker and trainer in one; `admin` is for `segtide topics` and `segtide forget`. */
export type Role = 'worker' | 'trainer' | 'view' | 'notifier' | 'admin';

export type Operation = 'Read' | 'Write' | 'Create' | 'Delete' | 'Describe' | 'DescribeConfigs';

/** One right that a role can't do without. Reading, writing and deleting let a client describe, too. */
export interface Acl {
  readonly role: Role;
  readonly resource: 'topic' | 'group' | 'transactional-id';
  readonly name: string;
  /** `prefixed`: all whose names begin so. */
  readonly pattern: 'literal' | 'prefixed';
  readonly operations: readonly Operation[];
}

/** The least rights of each role where brokers have an authorizer; none where nothing is read from or written to Kafka. */
export function planAcls(config: Pick<Config, 'input' | 'output' | 'alerts' | 'delivery' | 'view'>): readonly Acl[] {
  return ROLES.flatMap((role) => [...topicAcls(config, role), ...clientAcls(config, role)]);
}

/** Those topics of a plan that the roles read or write: others they may not even see. */
export function topicsOf(plan: readonly PlannedTopic[], roles: readonly Role[]): readonly PlannedTopic[] {
  return plan.filter(({ name }) => roles.some((role) => OPERATIONS[name][role] !== undefined));
}

export const ROLES = ['worker', 'trainer', 'view', 'notifier', 'admin'] as const;

const READ = ['Read'] as const;
const WRITE = ['Write'] as const;
const BOTH = ['Read', 'Write'] as const;
/** Records of the state that a checkpoint has replaced are deleted. */
const KEEP = ['Read', 'Write', 'Delete'] as const;

const OPERATIONS: Readonly<Record<TopicName, { readonly [role in Role]?: readonly Operation[] }>> = {
  assignments: { worker: WRITE, view: READ },
  transitions: { worker: WRITE, view: READ },
  embeddings: { worker: WRITE, view: READ },
  segments: { trainer: WRITE, view: READ },
  drift: { trainer: WRITE, view: READ },
  alerts: { worker: WRITE, view: READ, notifier: READ },
  'model-events': { trainer: WRITE, view: READ },
  late: { worker: WRITE, view: READ },
  'dead-letters': { worker: WRITE, view: READ },
  // The trainer goes back to models that it published; `segtide models` lists them.
  models: { worker: READ, trainer: BOTH, admin: READ },
  'model-requests': { trainer: READ, admin: WRITE },
  samples: { worker: WRITE, trainer: READ },
  statistics: { worker: WRITE, trainer: READ },
  state: { worker: KEEP },
  'trainer-state': { trainer: KEEP },
  'forget-requests': { worker: READ, admin: WRITE },
  repartitioned: { worker: BOTH },
};

const LOOK = ['Describe', 'DescribeConfigs'] as const;

/** What a view needs beside, where it has a token: it asks the trainer for models, and looks which there are. */
const CHANGES: { readonly [name in TopicName]?: readonly Operation[] } = { models: READ, 'model-requests': WRITE };

function topicAcls(config: Pick<Config, 'input' | 'output' | 'alerts' | 'view'>, role: Role): readonly Acl[] {
  const changes = role === 'view' && config.view.token !== undefined ? CHANGES : {};
  const own = planTopics(config).flatMap(({ name, topic }) => {
    const operations = [
      ...(OPERATIONS[name][role] ?? []),
      ...(changes[name] ?? []),
      ...(role === 'admin' ? (['Create', ...LOOK] as const) : []),
    ];
    return operations.length === 0 ? [] : [toAcl(role, 'topic', topic, operations)];
  });
  const operations = role === 'worker' ? READ : role === 'admin' ? LOOK : [];
  if (config.input.kind !== 'kafka' || operations.length === 0) return own;
  const { topics } = config.input.kafka!;
  const pattern = patternOf(topics);
  const input =
    pattern === undefined
      ? topics.map((topic) => toAcl(role, 'topic', topic, operations))
      : [toAcl(role, 'topic', literalPrefixOf(pattern), operations, 'prefixed')];
  return [...input, ...own];
}

function clientAcls({ input, output, delivery }: Pick<Config, 'input' | 'output' | 'delivery'>, role: Role): Acl[] {
  if (input.kind !== 'kafka') return [];
  const { groupId } = input.kafka!;
  const inner = output.kind === 'kafka';
  const transactions = inner && delivery.guarantee === 'exactly-once';
  const copies = inner && input.keyed === 'repartition';
  const writers = (ids: string): Acl => toAcl(role, 'transactional-id', ids, WRITE, 'prefixed');
  const readers = (group: string): Acl => toAcl(role, 'group', readerGroupPrefix(group), READ, 'prefixed');
  if (role === 'worker') {
    return [
      toAcl(role, 'group', groupId, READ),
      ...(inner ? [readers(groupId)] : []),
      ...(copies ? [toAcl(role, 'group', repartitionGroupPrefix(groupId), READ, 'prefixed')] : []),
      ...(transactions ? [writers(workerTransactionalIds(output.topicPrefix))] : []),
      ...(transactions && copies ? [writers(repartitionTransactionalIds(output.topicPrefix))] : []),
    ];
  }
  if (role === 'trainer' && inner) {
    return [
      toAcl(role, 'group', trainerGroup(groupId), READ),
      readers(trainerGroup(groupId)),
      // Models and what they were learnt from are one, whatever is promised of the outputs.
      toAcl(role, 'transactional-id', trainerTransactionalId(output.topicPrefix), WRITE),
    ];
  }
  // `segtide models` reads what models there are.
  if (role === 'admin' && inner) return [readers(groupId)];
  if (role === 'notifier' && inner) return [toAcl(role, 'group', notifierGroupPrefix(groupId), READ, 'prefixed')];
  return role === 'view' && inner ? [readers(groupId)] : [];
}

function toAcl(
  role: Role,
  resource: Acl['resource'],
  name: string,
  operations: readonly Operation[],
  pattern: Acl['pattern'] = 'literal',
): Acl {
  // A prefix of nothing is everything, which Kafka writes as a star.
  return name === '' && pattern === 'prefixed'
    ? { role, resource, name: '*', pattern: 'literal', operations }
    : { role, resource, name, pattern, operations };
}
