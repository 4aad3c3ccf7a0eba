import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide segments`, as written. */
export interface SegmentsFlags {
  /** Output folder of a run, or a folder of such. */
  readonly output?: string;
  readonly config?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly reason?: string;
}

/** `segtide segments`: the segments of a run or a deployment, and what they are called. */
export function addSegmentsCommand(program: Command, terminal: Terminal): void {
  const segments = program
    .command('segments')
    .summary('list, show or rename segments')
    .description(
      'Shows the segments in force, of a run (--output) or of workers and a trainer on Kafka (--config), and gives them names of your own, which stay with them from model to model.',
    )
    .addHelpText('after', EXAMPLES);
  withPlace(segments.command('list').description('print every segment with its size and looks')).action(
    async (flags: SegmentsFlags) => (await actions()).listSegments(flags, terminal),
  );
  withPlace(segments.command('show').description('print all that is known of one segment'))
    .argument('<segment>', 'its id, such as s3')
    .action(async (id: string, flags: SegmentsFlags) => (await actions()).showSegment(id, flags, terminal));
  withPlace(segments.command('rename').description('give a segment a name of your own'))
    .argument('<segment>', 'its id, such as s3')
    .argument('<name>', "its name, 200 characters at most; '' takes it back")
    .option('--reason <text>', 'why', '')
    .option('-q, --quiet', 'print errors only')
    .action(async (id: string, name: string, flags: SegmentsFlags) =>
      (await actions()).renameSegment(id, name, flags, terminal),
    );
}

const actions = () => import('./segments-actions.js');

function withPlace(command: Command): Command {
  return command
    .option(
      '-o, --output <folder>',
      'output folder of a run, or a folder of such, of which the newest is taken; left out, what the config names, else the newest run in segtide-out',
    )
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set any config key; repeatable', collect)
    .option('--json', 'print JSON');
}

const EXAMPLES = `
Examples:
  segtide segments list --output segtide-out
  segtide segments show s3 --output out --json
  segtide segments rename s3 'night shift' --output out
  segtide segments rename s3 '' --config segtide.yaml`;
