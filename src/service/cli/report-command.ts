import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide report`, as written. */
export interface ReportFlags {
  readonly output?: string;
  readonly plots?: string;
  readonly labels?: string;
  /** False with `--no-windows`. */
  readonly windows: boolean;
  readonly config?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `segtide report`: what a run found, as one page to hand on. */
export function addReportCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  program
    .command('report')
    .summary('write what a run found as one HTML page')
    .description(
      'Reads the outputs of a run, or the output topics of workers and trainer, and writes one HTML page that opens from disk and needs nothing beside it: segments, map, moves, drift, alerts, quality, original against reconstructed windows, models and their gates.',
    )
    .argument(
      '[folder]',
      'output folder of a run, or a folder of such, of which the newest is taken; left out, what the config names, else the newest run in segtide-out',
    )
    .option('-o, --output <file>', 'the page, written over where it is there', 'report.html')
    .option('-p, --plots <folder>', 'write each chart as an SVG file, too')
    .option('--labels <file>', 'NDJSON of known segments (`customerId`, `segment`), to score against by ARI and NMI')
    .option('--no-windows', 'do not read the input again for windows to show')
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set any config key; repeatable', collect)
    .option('--json', 'print what was written as JSON')
    .option('-q, --quiet', 'print errors only')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string | undefined, flags: ReportFlags) => {
      const { writeReport } = await import('./write-report.js');
      outcome.exitCode = await writeReport(folder, flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide report                                       of segtide.yaml's output folder, or the newest run
  segtide report segtide-out --output usage.html       of the newest run in it
  segtide report out --plots plots --labels labels.ndjson`;
