import { type Command, Option } from 'commander';
import { PLUGIN_METHODS } from '../../plugin/plugin-module.js';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** Flags of the commands that look into an unknown input. */
export interface InspectFlags {
  readonly brokers?: string[];
  readonly config?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Flags of `segtide init`, as written. */
export interface InitFlags extends InspectFlags {
  readonly preset?: Preset;
  readonly plugin?: string;
  readonly kind?: string;
  readonly output: string;
  readonly force?: boolean;
}

/** Configs that ship with the package, in `config/`. */
export const PRESETS = ['customer-usage'] as const;

export type Preset = (typeof PRESETS)[number];

/** `segtide inspect`: what an unknown file or topic holds, and how to cut it. */
export function addInspectCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  withTopic(
    program
      .command('inspect')
      .summary('find out what a file or topic holds')
      .description(
        'Reads at most 400,000 records and 64 MiB of text of an NDJSON, CSV or Parquet file, or the newest of a topic with JSON values; tells fields, customer, time and its unit, values, how events come; and proposes step, window, hop and averaging by autocorrelation and periodogram.',
      )
      .argument('<input>', 'a file; or, with --brokers or a config for Kafka, a topic'),
  )
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (input: string, flags: InspectFlags) => {
      const { inspectAndTell } = await import('./inspect-actions.js');
      outcome.exitCode = await inspectAndTell(input, flags, terminal);
    });
}

/** `segtide init`: a config to start from. */
export function addInitCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  withTopic(
    program
      .command('init')
      .summary('write a config, with comments')
      .description(
        'Writes a config with comments that runs at once on a file or topic, from what `segtide inspect` finds in it; without an input, an example to fill in.',
      )
      .argument('[input]', 'a file; or, with --brokers or a config for Kafka, a topic'),
  )
    .addOption(new Option('--preset <name>', 'without an input: the config of a known kind of study').choices(PRESETS))
    .option('-o, --output <file>', 'where to write', 'segtide.yaml')
    .option('--plugin <name>', 'write a plug-in of that name, <name>.mjs, and its test, instead of a config')
    .addOption(new Option('--kind <kind>', 'what the plug-in is').choices(Object.keys(PLUGIN_METHODS)))
    .option('--force', 'write over a file that is there')
    .option('-q, --quiet', 'print errors only')
    .addHelpText('after', INIT_EXAMPLES)
    .action(async (input: string | undefined, flags: InitFlags) => {
      if (flags.plugin !== undefined) {
        const { initPlugin } = await import('./init-plugin.js');
        outcome.exitCode = await initPlugin(flags.plugin, { ...flags, input }, terminal);
        return;
      }
      const { initConfig } = await import('./inspect-actions.js');
      outcome.exitCode = await initConfig(input, flags, terminal);
    });
}

function withTopic(command: Command): Command {
  return command
    .option('-b, --brokers <host:port...>', 'the input is a topic of these brokers')
    .option(
      '-c, --config <file>',
      'config file with how Kafka is reached; segtide.yaml in this folder when there is one',
    )
    .option('-s, --set <key=value>', 'set any config key; repeatable', collect);
}

const EXAMPLES = `
Examples:
  segtide inspect usage.csv.gz
  segtide inspect usage-events --brokers localhost:9092
  segtide inspect exports/march.parquet --json`;

const INIT_EXAMPLES = `
Examples:
  segtide init usage.csv.gz && segtide run --config segtide.yaml
  segtide init usage-events --brokers localhost:9092 --output live.yaml
  segtide init                                   an example with every part
  segtide init --preset customer-usage           segments by a denoising autoencoder
  segtide init --plugin my-encoder               an encoder of your own, and its test`;
