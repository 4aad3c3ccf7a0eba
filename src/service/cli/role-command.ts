import type { Command } from 'commander';
import { type Assignment, toAssignment } from '../config/assignment.js';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import type { RoleName } from './run-roles.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide worker`, `segtide trainer` and `segtide notify`, as written. */
export interface RoleFlags {
  readonly config?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `segtide worker`: windows and assignments of the partitions that the consumer group gives to this process. */
export function addWorkerCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const command = program
    .command('worker')
    .summary('assign windows, one of many processes')
    .description(
      'Reads the partitions of the input that its consumer group gives it, and writes assignments by the newest model of the trainer. Start as many as there are partitions at most; each takes its share, and takes over from those that end.',
    );
  addRole(command, WORKER_EXAMPLES, terminal, outcome, ['worker']);
}

/** `segtide trainer`: models, one process at a time. */
export function addTrainerCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const command = program
    .command('trainer')
    .summary('train models for the workers, one active process')
    .description(
      'Learns from what workers send, moves centroids, watches drift, trains models and publishes them. One process is active; others that are started stand by and take over.',
    );
  addRole(command, TRAINER_EXAMPLES, terminal, outcome, ['trainer']);
}

/** `segtide notify`: alerts to a webhook and to Alertmanager. */
export function addNotifyCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const command = program
    .command('notify')
    .summary('send alerts to a webhook or to Alertmanager')
    .description(
      'Reads the topic of alerts, and sends them as `alerts.notify` says, grouped and tried again while the receiver fails. Each alert is sent by one process, however many are started; `segtide run` between Kafka and Kafka does it by itself.',
    );
  addRole(command, NOTIFY_EXAMPLES, terminal, outcome, ['notifier']);
}

function addRole(
  command: Command,
  examples: string,
  terminal: Terminal,
  outcome: Outcome,
  roles: readonly RoleName[],
): void {
  command
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set any config key, such as delivery.commitEvery=1s; repeatable', collect)
    .option('--json', 'print the summary as JSON')
    .option('-q, --quiet', 'print errors and warnings only')
    .addHelpText('after', examples)
    .action(async (flags: RoleFlags) => {
      const { readConfig } = await import('./read-config.js');
      const { runRoles } = await import('./run-roles.js');
      const config = readConfig(flags.config, setsOf(flags), terminal.env);
      outcome.exitCode = await runRoles(roles, config, flags, terminal);
    });
}

function setsOf({ set = [] }: RoleFlags): Assignment[] {
  return set.map(toAssignment);
}

const WORKER_EXAMPLES = `
Examples:
  segtide worker --config segtide.yaml
  segtide worker --set delivery.guarantee=at-least-once
  segtide worker --set output.createTopics=true     makes the topics that are missing`;

const TRAINER_EXAMPLES = `
Examples:
  segtide trainer --config segtide.yaml
  segtide trainer --set model.retrain.everyWindows=100000`;

const NOTIFY_EXAMPLES = `
Examples:
  segtide notify --set alerts.notify.alertmanager.url=http://alertmanager:9093
  SEGTIDE_ALERTS__NOTIFY__WEBHOOK__URL_FILE=/run/secrets/hook segtide notify --config segtide.yaml`;
