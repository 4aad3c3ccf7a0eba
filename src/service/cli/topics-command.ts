import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide topics`, as written. */
export interface TopicsFlags {
  readonly config?: string;
  readonly set?: string[];
  readonly json?: boolean;
}

/** Flags of `segtide topics asyncapi`, as written. */
export interface AsyncApiFlags extends TopicsFlags {
  readonly output?: string;
}

/** `segtide topics`: what a config needs of the brokers. */
export function addTopicsCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const topics = program
    .command('topics')
    .summary('plan, create, check or describe topics and rights')
    .description(
      'Tells which topics a config needs and the least rights of each role, makes the topics, checks them, or describes their records.',
    )
    .addHelpText('after', EXAMPLES);
  withConfig(topics.command('plan').description('print the topics, and the rights as lines of kafka-acls.sh')).action(
    async (flags: TopicsFlags) => {
      const { printPlan } = await import('./topics-actions.js');
      printPlan(flags, terminal);
    },
  );
  withConfig(
    topics.command('create').description('make the topics that are missing; those that are there are never changed'),
  ).action(async (flags: TopicsFlags) => {
    const { createTopics } = await import('./topics-actions.js');
    await createTopics(flags, terminal);
  });
  withConfig(topics.command('check').description('compare the topics that are there with the plan')).action(
    async (flags: TopicsFlags) => {
      const { reportTopics } = await import('./topics-actions.js');
      outcome.exitCode = await reportTopics(flags, terminal);
    },
  );
  withConfig(
    topics.command('asyncapi').description('describe the output topics and their records as an AsyncAPI document'),
  )
    .option('-o, --output <file>', 'write to a file')
    .action(async (flags: AsyncApiFlags) => {
      const { describeTopics } = await import('./topics-actions.js');
      describeTopics(flags, terminal);
    });
}

function withConfig(command: Command): Command {
  return command
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set a key over the file; repeatable', collect)
    .option('--json', 'print JSON');
}

const EXAMPLES = `
Examples:
  segtide topics plan --config segtide.yaml
  segtide topics plan --json | jq '.acls[] | select(.role == "worker")'
  segtide topics create --set output.replicationFactor=3
  segtide topics check
  segtide topics asyncapi --output asyncapi.yaml`;
