import type { Command } from 'commander';
import type { RunSummary } from '../run-summary.js';
import type { KnownChange } from '../summary/render-story.js';
import type { Outcome } from './exit-code.js';
import { addSharedOptions, type SharedFlags, sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';

/** `segtide demo`: the pipeline on data that ships with the package or is made on the spot. */
export function addDemoCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const demo = program
    .command('demo')
    .summary('see segments without any data of your own')
    .description('Runs the whole pipeline on data that comes with segtide. Results go to a fresh folder each time.')
    .addHelpText('after', EXAMPLES);
  const flights = demo.command('flights').description('a year of real flights: 327,346 usage events of 4,037 aircraft');
  addSharedOptions(flights).action(async (flags: SharedFlags) => {
    const { packagePath } = await import('./package-path.js');
    const paths = [packagePath('examples/data/flights.parquet')];
    outcome.exitCode = await runDemo('flights', paths, flags, terminal);
  });
  const simulated = demo
    .command('simulated')
    .description('a simulated stream with known segments, planted drift and anomalies');
  addSharedOptions(simulated).action(async (flags: SharedFlags) => {
    const { writeSimulation } = await import('./write-simulation.js');
    // A fixed place of the demo's own, so that the same seed gives the same bytes; the true segments stay there to
    // compare with.
    const { events, manifest } = await writeSimulation(SIMULATED, {
      seed: flags.seed,
      anomalies: DEMO_ANOMALIES,
      force: true,
    });
    const { knownChanges } = await import('./known-changes.js');
    outcome.exitCode = await runDemo('simulated', [events], flags, terminal, await knownChanges(manifest));
  });
}

/** Where the simulated demo keeps its input. */
const SIMULATED = 'segtide-out/simulated';

/** Share of customers who once behave oddly, so that there is something to be told of. */
const DEMO_ANOMALIES = '0.05';

async function runDemo(
  name: string,
  paths: string[],
  flags: SharedFlags,
  terminal: Terminal,
  planted: readonly KnownChange[] = [],
): Promise<number> {
  const { packagePath } = await import('./package-path.js');
  const { readConfig } = await import('./read-config.js');
  const { runAndReport } = await import('./run-and-report.js');
  const input = { key: 'input.paths', value: paths, where: 'demo' };
  const config = readConfig(packagePath(`config/${name}.yaml`), [input, ...sharedAssignments(flags)], terminal.env);
  let summary: RunSummary | undefined;
  const exitCode = await runAndReport(config, flags, terminal, async (settled, deps) => {
    const { runFromConfig } = await import('../run/run.js');
    summary = await runFromConfig(settled, deps);
    return summary;
  });
  const told = config.output.kind === 'directory' && !flags.json && !flags.quiet;
  if (summary !== undefined && told) {
    const { tellStory } = await import('./tell-story.js');
    terminal.out.write(`\n${await tellStory(summary, Math.min(terminal.out.columns ?? 80, 120), planted)}`);
  }
  return exitCode;
}

const EXAMPLES = `
Examples:
  segtide demo flights
  segtide demo flights --segments 8 --output flights
  segtide demo simulated --seed 7`;
