import type { Command } from 'commander';
import { collect } from './collect.js';
import type { Outcome } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** Flags of `segtide view`, as written. */
export interface ViewFlags {
  readonly folder?: string;
  readonly config?: string;
  readonly port?: string;
  readonly host?: string;
  readonly set?: string[];
  readonly quiet?: boolean;
}

/** `segtide view`: the page and the API over what runs and workers write. */
export function addViewCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  program
    .command('view')
    .summary('a live page and an API over the results')
    .description(
      'Reads the output folder of a run, while it goes on or afterwards, or the output topics of workers and trainer, into a database with a bounded history, and serves a live page at / and an API at /api. Nothing of the run is changed; any number may look at once.',
    )
    .option(
      '-f, --folder <folder>',
      'output folder of a run, or a folder of such, of which the newest is taken; left out, the folder or topics that the config names, else the newest run in segtide-out',
    )
    .option('-p, --port <port>', 'port, 0 for any that is free (default: 8750)')
    .option('--host <host>', 'name or address to listen on (default: 127.0.0.1, this machine alone)')
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-s, --set <key=value>', 'set any config key, such as view.keepRows=50000; repeatable', collect)
    .option('-q, --quiet', 'print errors and warnings only')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ViewFlags) => {
      const { viewAndTell } = await import('./view-and-tell.js');
      outcome.exitCode = await viewAndTell(flags, terminal);
    });
}

const EXAMPLES = `
Examples:
  segtide view --folder segtide-out                  the newest run in it
  segtide view --config segtide.yaml --port 8080
  SEGTIDE_VIEW__TOKEN_FILE=token segtide view --folder out    allows changes to who has the token`;
