import { stringify } from 'yaml';
import { SegtideError } from '../../errors.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { ensureTopics } from '../../transport/kafka/topics.js';
import type { Config } from '../config/schema.js';
import { toConnection } from '../run/to-connection.js';
import { plainTable } from '../summary/plain-table.js';
import { asyncApi } from '../topics/async-api.js';
import { toCreate } from '../topics/check-topics.js';
import { examineCluster } from '../topics/examine-cluster.js';
import { planAcls, ROLES } from '../topics/plan-acls.js';
import { BROKERS_OWN, type PlannedTopic, planTopics } from '../topics/plan-topics.js';
import { renderAcls } from '../topics/render-acls.js';
import { EXIT_CODES } from './exit-code.js';
import { packageVersion } from './package-path.js';
import { readConfig } from './read-config.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import type { AsyncApiFlags, TopicsFlags } from './topics-command.js';
import { writeText } from './write-text.js';

/** Prints what a config needs; no broker is asked. */
export function printPlan(flags: TopicsFlags, terminal: Terminal): void {
  const config = readKafkaConfig(flags, terminal);
  const topics = planTopics(config);
  const acls = planAcls(config);
  if (flags.json) {
    terminal.out.write(`${JSON.stringify({ topics, acls })}\n`);
    return;
  }
  const rows = topics.map((topic) => [topic.topic, showPartitions(topic), showReplicas(topic), showSettings(topic)]);
  const { brokers } = (config.output.kafka ?? config.input.kafka)!;
  const rights = ROLES.map((role) => {
    const own = acls.filter((acl) => acl.role === role);
    return own.length === 0 ? '' : `\n# ${role}\n${renderAcls(own, brokers)}`;
  });
  const width = terminal.out.columns ?? 160;
  terminal.out.write(`${plainTable(COLUMNS, rows, width)}\n${RIGHTS_HEAD}${rights.join('')}`);
}

const COLUMNS = [{ head: 'topic' }, { head: 'partitions' }, { head: 'replicas' }, { head: 'settings', least: 20 }];

const RIGHTS_HEAD = `
# The least rights where brokers have an authorizer. Put your principals in place of User:segtide-<role>;
# segtide run needs those of worker and trainer.
`;

/**
 * Makes the topics that are missing.
 *
 * @throws SegtideError `output` where one that is there is wrong: nothing is made then
 */
export async function createTopics(flags: TopicsFlags, terminal: Terminal): Promise<void> {
  const config = readKafkaConfig(flags, terminal);
  const plan = planTopics(config);
  const { findings, inputPartitions } = await examineCluster(config, plan);
  const wrong = findings.filter(({ severity }) => severity === 'wrong');
  if (wrong.length > 0) {
    const lines = wrong.map(({ text }) => `\n  ${text}`).join('');
    throw new SegtideError('output', `nothing was created, for topics that are there are not as they must be:${lines}`);
  }
  const isMissing = ({ topic }: PlannedTopic): boolean =>
    findings.some((finding) => finding.topic === topic && finding.severity === 'missing');
  const missing = toCreate(plan.filter(isMissing), inputPartitions);
  await ensureTopics(await openKafka(await toConnection((config.output.kafka ?? config.input.kafka)!)), missing);
  const weak = findings.filter(({ severity }) => severity === 'weak');
  if (flags.json) terminal.out.write(`${JSON.stringify({ created: missing, findings: weak })}\n`);
  else {
    const created = missing.map(({ topic }) => `created ${topic}\n`).join('');
    terminal.out.write(created || `all ${plan.length} topics are there\n`);
    for (const { text } of weak) terminal.err.write(`segtide: ${text}\n`);
  }
}

/** Tells what is missing or wrong; returns the exit code. */
export async function reportTopics(flags: TopicsFlags, terminal: Terminal): Promise<number> {
  const config = readKafkaConfig(flags, terminal);
  const plan = planTopics(config);
  const { findings, inputPartitions } = await examineCluster(config, plan);
  const broken = findings.filter(({ severity }) => severity !== 'weak');
  if (flags.json) {
    terminal.out.write(`${JSON.stringify({ topics: plan.length, inputPartitions, findings })}\n`);
  } else {
    for (const { severity, text } of findings) terminal.out.write(`${severity.padEnd(7)}  ${text}\n`);
    if (broken.length === 0) terminal.out.write(`all ${plan.length} topics are as they must be\n`);
    // While one is wrong, none is made.
    else if (broken.every(({ severity }) => severity === 'missing')) terminal.out.write(CREATE_HINT);
  }
  return broken.length === 0 ? EXIT_CODES.ok : EXIT_CODES.output;
}

const CREATE_HINT = '`segtide topics create` makes those that are missing\n';

/** Writes an AsyncAPI document of the output topics, in YAML; no broker is asked. */
export function describeTopics({ output: file, ...flags }: AsyncApiFlags, terminal: Terminal): void {
  const { output } = readKafkaConfig(flags, terminal);
  const document = asyncApi(output, output.format, packageVersion());
  const text = flags.json
    ? `${JSON.stringify(document)}\n`
    : stringify(document, { aliasDuplicateObjects: false, lineWidth: 120 });
  if (file === undefined) terminal.out.write(text);
  else writeText(file, text);
}

function readKafkaConfig(flags: TopicsFlags, terminal: Terminal): Config {
  const config = readConfig(flags.config, sharedAssignments(flags), terminal.env);
  if (config.output.kind === 'kafka') return config;
  const text = `there are no topics to plan with 'output.kind: ${config.output.kind}'; name a config with kafka there`;
  throw new SegtideError('config', text);
}

function showPartitions({ partitions }: PlannedTopic): string {
  if (partitions === 'input') return 'as the input';
  return partitions === BROKERS_OWN ? "broker's default" : String(partitions);
}

function showReplicas({ replicationFactor }: PlannedTopic): string {
  return replicationFactor === undefined ? "broker's default" : String(replicationFactor);
}

function showSettings({ settings }: PlannedTopic): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
