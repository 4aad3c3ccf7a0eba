import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide forget`, as written. */
export interface ForgetFlags {
  readonly config?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `segtide forget`: erasure requests. */
export function addForgetCommand(program: Command, terminal: Terminal): void {
  program
    .command('forget')
    .summary('erase customers from state, samples and outputs')
    .description(
      'Asks workers and trainer to forget customers: their open windows, last segments and samples go, and each output topic gets a record of them without a value. The input is not touched; docs/kafka.md tells what else stays until when.',
    )
    .argument('<customers...>', 'customer ids; - reads them from standard input, one a line')
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set any config key; repeatable', collect)
    .option('--json', 'print what was done as JSON')
    .option('-q, --quiet', 'print errors and warnings only')
    .addHelpText('after', EXAMPLES)
    .action(async (customers: string[], flags: ForgetFlags) => {
      const { forgetAndReport } = await import('./forget-and-report.js');
      await forgetAndReport(customers, flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide forget c1234 --config segtide.yaml
  segtide forget - < erasure-requests.txt
  segtide forget --json -- -odd-id`;
