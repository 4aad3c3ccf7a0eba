import type { Command } from 'commander';
import { METHODS } from '../../cluster/offline/method.js';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import { addInputOptions, type InputFlags } from './input-options.js';
import { choiceOption } from './names.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide cluster`, as written. */
export interface ClusterFlags extends InputFlags {
  readonly windows?: boolean;
  readonly vectors?: boolean | string;
  readonly modelVersion?: string;
  readonly by?: string;
  readonly model?: string;
  readonly method?: string;
  readonly k?: string;
  readonly linkage?: string;
  readonly covariance?: string;
  readonly epsilon?: string;
  readonly minPoints?: string;
  readonly minClusterSize?: string;
  readonly band?: string;
  readonly threads?: string;
  readonly labelColumn?: string;
  readonly labels?: string;
  readonly anomalies?: boolean | string;
  readonly assignments?: string;
  readonly plots?: string;
  readonly seed?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `segtide cluster`: clusters of what files hold, by any of the usual methods, without a stream. */
export function addClusterCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const command = program
    .command('cluster')
    .summary('cluster files of events, windows or vectors by any method')
    .description(
      'Clusters all windows of usage events at once, by the embedding of an encoder that is fitted to them or of a model file, or by their prepared series; or ready-made windows, or vectors such as a run writes as embeddings. Without --k, 2 to 10 clusters are tried, or as many as there are classes made.',
    );
  addInputOptions(command)
    .option('-w, --windows', 'the file holds windows, a row each, in columns s0, s1 … as for `segtide evaluate`')
    .option(
      '--vectors [field]',
      'the files hold vectors: arrays in this field (vector, if you name none), or numeric fields',
    )
    .option('--model-version <id>', 'take the vectors of this model alone')
    .addOption(
      choiceOption('--by <what>', 'what of a window is clustered; series for k-shape and dtw, else embedding', [
        'embedding',
        'series',
      ]),
    )
    .option('-m, --model <file>', 'take the embedding of the model in a file instead of fitting one')
    .addOption(choiceOption('--method <name>', 'how', METHODS).default('k-means'))
    .option('-k, --k <n>', 'number of clusters, or a range such as 2..10, of which the best silhouette is taken')
    .addOption(
      choiceOption('--linkage <name>', 'of agglomerative (default: ward)', ['ward', 'average', 'complete', 'single']),
    )
    .addOption(
      choiceOption('--covariance <kind>', 'of gaussian-mixture (default: full where windows suffice)', [
        'full',
        'diagonal',
      ]),
    )
    .option('--epsilon <distance>', 'of dbscan: neighbours are as near (default: the knee of their distances)')
    .option('--min-points <n>', 'of dbscan and hdbscan: neighbours that make a place dense (default: 5)')
    .option('--min-cluster-size <n>', 'of hdbscan: fewest windows of a cluster (default: 10)')
    .option('--band <share>', 'of dtw: how far series may be out of step, as a share of all steps (default: 0.1)')
    .option('--threads <n>', 'of dtw: worker threads (default: one less than there are cores)')
    .option('-l, --label-column <name>', 'column or field with the true class of each window or vector')
    .option(
      '--labels <file>',
      'known segments of the customers of events, NDJSON as `segtide simulate` writes it (default: the events’ own, by input.fields.label)',
    )
    .option('--anomalies [neighbours]', 'score how far each window stands out (default: by 20 neighbours)')
    .option('--assignments <file>', 'write the cluster of each window as NDJSON')
    .option('--plots <folder>', 'write charts as SVG: map, scores by k, dendrogram')
    .option('--seed <n>', 'seed of all that is random')
    .option('-s, --set <key=value>', 'set any config key, such as series.scale=zscore; repeatable', collect)
    .option('--json', 'print the summary as JSON')
    .option('-q, --quiet', 'print errors and warnings only')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: ClusterFlags) => {
      const { clusterAndReport } = await import('./cluster-and-report.js');
      outcome.exitCode = await clusterAndReport(files, flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide cluster usage.ndjson --step day --steps 28 --k 2..10 --plots charts
  segtide cluster windows.csv --windows --label-column class --method agglomerative --by series
  segtide cluster segtide-out/embeddings.ndjson --vectors --method hdbscan --assignments clusters.ndjson
  segtide cluster windows.csv --windows --method dtw --k 6 --band 0.05`;
