import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide replay`, as written. */
export interface ReplayFlags {
  readonly from: string;
  readonly to?: string;
  readonly lead?: string;
  readonly model?: string;
  readonly output?: string;
  readonly topicPrefix?: string;
  readonly force?: boolean;
  readonly config?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `segtide replay`: a range of the input once more, beside the workers. */
export function addReplayCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  program
    .command('replay')
    .summary('score a time range of Kafka topics again')
    .description(
      'Reads the records of a time range, cuts and scores their windows with one model as workers do, and writes what workers would write while they read them: to files, or to topics of another prefix. Nothing is learnt, and workers do not notice.',
    )
    .requiredOption('--from <time>', "first time of the records' own times: 2026-01-31T08:00:00Z, or 7d for a week ago")
    .option('--to <time>', 'first time that is not in the range, or a duration ago (default: now)')
    .option('--lead <duration>', 'how long before --from reading begins (default: two windows and what may be late)')
    .option(
      '-m, --model <model>',
      'version in the topic of models, or a .safetensors file (default: the newest version)',
    )
    .option('-o, --output <folder>', 'where files go (default: a fresh folder in segtide-out)')
    .option('--force', 'write over files, or behind records, that are there')
    .option('--topic-prefix <prefix>', 'write topics with this prefix instead of files')
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set any config key; repeatable', collect)
    .option('--json', 'print the summary as JSON')
    .option('-q, --quiet', 'print errors and warnings only')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ReplayFlags) => {
      const { replayAndReport } = await import('./replay-and-report.js');
      outcome.exitCode = await replayAndReport(flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide replay --from 7d --model v12
  segtide replay --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z --output january
  segtide replay --from 30d --model ./candidate.safetensors --topic-prefix candidate.`;
