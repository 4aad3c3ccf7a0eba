import type { Command } from 'commander';
import type { RunSummary } from '../run-summary.js';
import type { KnownChange } from '../summary/render-story.js';
import { EXIT_CODES, type Outcome } from './exit-code.js';
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
      customers: DEMO_CUSTOMERS,
      anomalies: DEMO_ANOMALIES,
      force: true,
    });
    const { knownChanges } = await import('./known-changes.js');
    outcome.exitCode = await runDemo('simulated', [events], flags, terminal, await knownChanges(manifest));
  });
}

/** Where the simulated demo keeps its input. */
const SIMULATED = 'segtide-out/simulated';

/** Enough for segments, and few enough for a look. */
const DEMO_CUSTOMERS = '600';

/** Share of customers who once behave oddly, so that there is something to be told of. */
const DEMO_ANOMALIES = '0.02';

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
  const { runBesideView } = await import('./run-beside-view.js');
  const told = !flags.json && !flags.quiet;
  // Before the flags, which may say otherwise.
  const own = [
    { key: 'input.paths', value: paths, where: 'demo' },
    { key: 'view.enabled', value: told, where: 'demo' },
    // What is buffered is written then, and the page shows it.
    { key: 'run.checkpointEvery', value: '2s', where: 'demo' },
  ];
  const config = readConfig(packagePath(`config/${name}.yaml`), [...own, ...sharedAssignments(flags)], terminal.env);
  const beside = runBesideView(OTHER_PORTS);
  let summary: RunSummary | undefined;
  try {
    const exitCode = await runAndReport(config, flags, terminal, async (settled, deps) => {
      summary = await beside.run(settled, deps);
      return summary;
    });
    if (summary !== undefined && told && config.output.kind === 'directory') {
      const { tellStory } = await import('./tell-story.js');
      terminal.out.write(`\n${await tellStory(summary, Math.min(terminal.out.columns ?? 80, 120), planted)}`);
    }
    if (exitCode === EXIT_CODES.ok && beside.view !== undefined) await stay(beside.view.url, terminal);
    return exitCode;
  } finally {
    await beside.view?.close();
  }
}

/** A demo may take one of so many ports after the usual one: nobody should have to choose for a look. */
const OTHER_PORTS = 50;

/** Keeps the page for whoever sits at the terminal; elsewhere nobody would end it. */
async function stay(url: string, { out, now }: Terminal): Promise<void> {
  if (out.isTTY !== true) return;
  const { listenForStop } = await import('./stop-signals.js');
  const stop = listenForStop({ above: () => undefined, clear: () => undefined }, now, undefined);
  out.write(`\nThe page stays open at ${url} until you press Ctrl-C.\n`);
  await new Promise<void>((resolve) => {
    // A listener alone keeps no process alive.
    const alive = setInterval(() => undefined, 60_000);
    stop.signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}

const EXAMPLES = `
Examples:
  segtide demo flights
  segtide demo flights --segments 8 --output flights
  segtide demo simulated --seed 7`;
