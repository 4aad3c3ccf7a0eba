import type { Command } from 'commander';
import type { Assignment } from '../config/assignment.js';
import type { Outcome } from './exit-code.js';
import { addInputOptions, type InputFlags, inputAssignments } from './input-options.js';
import { addSharedOptions, type SharedFlags, sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';

interface RunFlags extends SharedFlags, InputFlags {
  readonly model?: string;
  readonly resume?: boolean;
  readonly view?: boolean;
}

/** `segtide run`: the pipeline on the user's own input. */
export function addRunCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const command = program
    .command('run')
    .summary('read usage events, write segments')
    .description('Reads usage events from files, standard input or Kafka, and writes segments, assignments and drift.');
  addInputOptions(command)
    .option('-m, --model <file>', 'model file to start with, instead of warming up')
    .option('--resume', 'go on from the checkpoint in the output folder')
    .option('--view', 'serve a live page meanwhile, at port 8750 (see view.port)');
  addSharedOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: RunFlags) => {
      const { readConfig } = await import('./read-config.js');
      const { runAndReport } = await import('./run-and-report.js');
      const config = readConfig(flags.config, runAssignments(files, flags), terminal.env);
      if (config.input.kind === 'kafka' && config.output.kind === 'kafka') {
        const { runRoles } = await import('./run-roles.js');
        const notifies = config.alerts.notify !== undefined;
        const roles = ['worker', 'trainer', ...(notifies ? (['notifier'] as const) : [])] as const;
        outcome.exitCode = await runRoles(roles, config, flags, terminal);
        return;
      }
      const { runBesideView } = await import('./run-beside-view.js');
      const beside = runBesideView(0);
      try {
        outcome.exitCode = await runAndReport(config, flags, terminal, beside.run);
      } finally {
        await beside.view?.close();
      }
    });
}

function runAssignments(files: readonly string[], flags: RunFlags): Assignment[] {
  const own = [
    { key: 'model.initial', value: flags.model, where: '--model' },
    { key: 'run.resume', value: flags.resume, where: '--resume' },
    { key: 'view.enabled', value: flags.view, where: '--view' },
  ];
  return [
    ...inputAssignments(files, flags),
    ...own.filter(({ value }) => value !== undefined),
    ...sharedAssignments(flags),
  ];
}

const EXAMPLES = `
Examples:
  segtide run usage.ndjson
  segtide run 'data/*.csv.gz' --customer meter_id --time read_at --value kwh --step hour --steps 24
  zcat usage.ndjson.gz | segtide run - --output -
  tail -f usage.ndjson | segtide run - --set input.live=true --output -
  segtide run usage.ndjson --model model.safetensors
  segtide run --config segtide.yaml --set cluster.k=8 --output out --resume`;
