import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import { addInputOptions, type InputFlags } from './input-options.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide compare`, as written. */
export interface CompareFlags extends InputFlags {
  readonly windows?: boolean;
  readonly encoders?: string[];
  readonly methods?: string[];
  readonly k?: string;
  readonly seeds?: string;
  readonly timeLimit?: string;
  readonly labelColumn?: string;
  readonly labels?: string;
  readonly output?: string;
  readonly report?: string;
  readonly seed?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `segtide compare`: which encoder and method suit the windows of a file. */
export function addCompareCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const command = program
    .command('compare')
    .summary('rank encoders and clustering methods on your own windows')
    .description(
      'Clusters the same windows by several encoders and methods, from several seeds, and ranks them: by agreement with labels, or without any by stability and by how far apart the series lie. Encoders are series (as prepared), vrae (with its views), latents (of the VRAE alone), dae, cnn, transformer, raw, features (catch22), compact (other features), rocket, dtw, and each view by itself; methods those of `segtide cluster`.',
    );
  addInputOptions(command)
    .option('-w, --windows', 'the file holds windows, a row each, in columns s0, s1 … as for `segtide evaluate`')
    .option(
      '--encoders <names...>',
      'encoders to try, with spaces or commas, or all (default: series,vrae,latents,features,rocket)',
    )
    .option('--methods <names...>', 'methods to try, or all (default: k-means,agglomerative,gaussian-mixture,hdbscan)')
    .option('-k, --k <n>', 'number of clusters, or a range such as 2..10; as many as there are classes, else 2..10')
    .option('--seeds <n>', 'seeds to try each with (default: 3)')
    .option(
      '--time-limit <duration>',
      'most time for one fit of an encoder and for one clustering, such as 10m (default: none)',
    )
    .option('-l, --label-column <name>', 'column with the true class of each window')
    .option(
      '--labels <file>',
      'known segments of the customers of events, NDJSON as `segtide simulate` writes it (default: the events’ own, by input.fields.label)',
    )
    .option('-o, --output <file>', 'write the config of the best encoder as YAML')
    .option('--report <file>', 'write the ranking with maps, clusters, reconstructions and dendrogram as one HTML page')
    .option('--seed <n>', 'first of the seeds')
    .option('-s, --set <key=value>', 'set any config key, such as series.scale=zscore; repeatable', collect)
    .option('--json', 'print the ranking as JSON')
    .option('-q, --quiet', 'print errors and warnings only')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: CompareFlags) => {
      const { compareAndReport } = await import('./compare-and-report.js');
      outcome.exitCode = await compareAndReport(files, flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide compare windows.csv --windows --label-column class
  segtide compare usage.ndjson --config segtide.yaml --encoders all --methods k-means,hdbscan --output best.yaml
  segtide compare windows.csv --windows --encoders series --methods all --k 6`;
