import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import { addInputOptions, type InputFlags } from './input-options.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide train`, as written. */
export interface TrainFlags extends InputFlags {
  readonly windows?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly segments?: string;
  readonly seed?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `segtide train`: a model file from events or ready-made windows. */
export function addTrainCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const command = program
    .command('train')
    .summary('train encoder and segments, and write them to a model file')
    .description(
      'Trains an encoder and its segments as a run does for its first model, and writes both to one file. Reads usage events to their end, or with --windows a CSV of ready-made windows.',
    );
  addInputOptions(command)
    .option('-w, --windows', 'the file holds windows, a row each, in columns s0, s1 … as for `segtide evaluate`')
    .option('-o, --output <file>', 'the model file, written over where it is there (default: a new model.safetensors)')
    .option('--force', 'write over model.safetensors where no other file is named')
    .option('-k, --segments <n>', 'number of segments, or auto')
    .option('--seed <n>', 'seed of all that is random')
    .option('-s, --set <key=value>', 'set any config key, such as encoder.latent=16; repeatable', collect)
    .option('--json', 'print the summary as JSON')
    .option('-q, --quiet', 'print errors and warnings only')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: TrainFlags) => {
      const { trainAndReport } = await import('./train-and-report.js');
      outcome.exitCode = await trainAndReport(files, flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide train usage.ndjson --step day --steps 28 --segments auto
  segtide train 'data/*.parquet' --config segtide.yaml --output models/usage.safetensors
  segtide train windows.csv.gz --windows --set encoder.latent=16`;
