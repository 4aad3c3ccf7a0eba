import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

interface SimulateFlags {
  readonly customers?: string;
  readonly days?: string;
  readonly seed?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `segtide simulate`: writes a usage stream of known segments. */
export function addSimulateCommand(program: Command, terminal: Terminal): void {
  program
    .command('simulate')
    .summary('write a usage stream of known segments')
    .description(
      'Writes a seeded stream of usage events with late, duplicate and corrupt ones and with planted drift, and the true segment of each customer beside it.',
    )
    .argument('[folder]', 'where to write', 'simulated')
    .option('--customers <n>', 'number of customers')
    .option('--days <n>', 'length of the stream in days')
    .option('--seed <n>', 'the same seed writes the same bytes')
    .option('--force', 'write over files that are there')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: SimulateFlags) => {
      const { writeSimulation } = await import('./write-simulation.js');
      const written = await writeSimulation(folder, flags);
      const { out } = terminal;
      if (flags.json) out.write(`${JSON.stringify(written)}\n`);
      else out.write(`${Object.values(written).join('\n')}\n\nNext: segtide run --config ${written.config}\n`);
    });
}

const EXAMPLES = `
Examples:
  segtide simulate
  segtide simulate /tmp/usage --customers 1000 --days 60 --seed 7`;
