import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** `segtide evaluate`: how good encoder and segments are on ready-made windows. */
export function addEvaluateCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  program
    .command('evaluate')
    .summary('score encoder and segments on ready-made windows')
    .description(
      'Fits the encoder and the segments to windows from a CSV file, a row a window, without looking at labels, and scores them. Step j is in column s<j>, of several channels that of channel i in c<i>_s<j>; blank is missing.',
    )
    .argument('<file>', 'CSV with a header, plain or gzipped; - is standard input')
    .option('-l, --label-column <name>', 'column with the true class of each window')
    .option('-k, --k <n>', 'number of segments, or auto; as many as there are classes, else auto')
    .option('--fit <part>', 'all, or half: fit one half of the rows and score the other (default: all)')
    .option('--fold <n>', 'which half is fitted, 0 or 1 (default: 0)')
    .option('-m, --model <file>', 'score the model in a file instead of fitting one')
    .option('--seed <n>', 'seed of all that is random')
    .option('-c, --config <file>', 'config file, for its sections series, encoder, cluster and model')
    .option('-s, --set <key=value>', 'set any config key, such as encoder.latent=16; repeatable', collect)
    .option('--assignments <file>', 'write the segment of each scored row as CSV')
    .option('--plot <file>', 'draw originals against reconstructions as SVG')
    .option('--json', 'print the scores as JSON')
    .option('-q, --quiet', 'print errors and warnings only')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: EvaluateFlags) => {
      const { evaluateAndReport } = await import('./evaluate-and-report.js');
      outcome.exitCode = await evaluateAndReport(file, flags, terminal);
    });
}

/** Flags of `segtide evaluate`, as written. */
export interface EvaluateFlags {
  readonly labelColumn?: string;
  readonly k?: string;
  readonly fit?: string;
  readonly fold?: string;
  readonly model?: string;
  readonly seed?: string;
  readonly config?: string;
  readonly set?: string[];
  readonly assignments?: string;
  readonly plot?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  segtide evaluate windows.csv.gz --label-column label
  segtide train windows.csv --windows && segtide evaluate more.csv --model model.safetensors
  segtide evaluate windows.csv --k auto --plot windows.svg --assignments segments.csv
  segtide evaluate windows.csv --label-column label --fit half --fold 1 --seed 7 --json`;
