import type { Command } from 'commander';
import type { Outcome } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide simulate`, as written. */
export interface SimulateFlags {
  readonly customers?: string;
  readonly days?: string;
  readonly seed?: string;
  readonly anomalies?: string;
  readonly joins?: string;
  readonly label?: string;
  readonly kafka?: string;
  readonly topic?: string;
  readonly rate?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `segtide simulate`: writes a usage stream of known segments. */
export function addSimulateCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  program
    .command('simulate')
    .summary('write a usage stream of known segments')
    .description(
      'Writes a seeded stream of usage events with late, duplicate and corrupt ones and with planted drift, and the true segment of each customer beside it; or sends the events to a Kafka topic.',
    )
    .argument('[folder]', 'where to write; not with --kafka')
    .option('--customers <n>', 'number of customers')
    .option('--days <n>', 'length of the stream in days')
    .option('--seed <n>', 'the same seed writes the same bytes')
    .option('--anomalies <share>', 'share of customers who once behave oddly for a while, 0 to 1 (default: 0)')
    .option('--joins <share>', 'share of active customers who join on some day of the first half, 0 to 1 (default: 0)')
    .option('--label <field>', 'tell the true segment in this field of each event, for input.fields.label')
    .option('--kafka <brokers>', 'send the events to these brokers, as a stream that ends today')
    .option('--topic <name>', 'with --kafka: the topic, which must be there (default: usage-events)')
    .option('--rate <n>', 'with --kafka: records a second; as fast as can be where it is left out')
    .option('--force', 'write over files that are there')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string | undefined, flags: SimulateFlags) => {
      const { simulateToFolder, simulateToKafka } = await import('./simulate-actions.js');
      if (flags.kafka === undefined) await simulateToFolder(folder, flags, terminal);
      else outcome.exitCode = await simulateToKafka(flags.kafka, folder, flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide simulate
  segtide simulate /tmp/usage --customers 1000 --days 60 --seed 7
  segtide simulate /tmp/usage --label segment && segtide run --config /tmp/usage/segtide.yaml
  segtide simulate --kafka localhost:9092 --topic usage-events --rate 2000`;
