import type { Command } from 'commander';
import type { Assignment } from '../config/assignment.js';
import type { Outcome } from './exit-code.js';
import { addSharedOptions, type SharedFlags, sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';

interface RunFlags extends SharedFlags {
  readonly config?: string;
  readonly input?: string[];
  readonly format?: string;
  readonly customer?: string;
  readonly time?: string;
  readonly value?: string[];
  readonly step?: string;
  readonly steps?: string;
  readonly hop?: string;
  readonly resume?: boolean;
}

/** `segtide run`: the pipeline on the user's own input. */
export function addRunCommand(program: Command, terminal: Terminal, outcome: Outcome): void {
  const command = program
    .command('run')
    .summary('read usage events, write segments')
    .description('Reads usage events from files, standard input or Kafka, and writes segments, assignments and drift.')
    .argument('[files...]', 'files and globs, NDJSON, CSV or Parquet, also gzipped; - is standard input')
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-i, --input <files...>', 'the same as naming files')
    .option('-f, --format <format>', 'auto, ndjson, csv or parquet')
    .option('--customer <field>', 'field with the customer id (`customer`, if you name none)')
    .option('--time <field>', 'field with the event time (`time`, if you name none), ISO 8601 text')
    .option('--value <fields...>', 'fields to sum up, a channel each; without any, events are counted')
    .option('--step <step>', 'hour, day, week, month or a duration')
    .option('--steps <n>', 'steps in a window')
    .option('--hop <n>', 'steps from one window to the next')
    .option('--resume', 'go on from the checkpoint in the output folder');
  addSharedOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: RunFlags) => {
      const { readConfig } = await import('./read-config.js');
      const { runAndReport } = await import('./run-and-report.js');
      const config = readConfig(flags.config, runAssignments(files, flags), terminal.env);
      outcome.exitCode = await runAndReport(config, flags, terminal);
    });
}

function runAssignments(files: readonly string[], flags: RunFlags): Assignment[] {
  const paths = [...files, ...(flags.input ?? [])];
  const short: [string, unknown, string][] = [
    ['input.kind', paths.length > 0 ? 'file' : undefined, 'files'],
    ['input.paths', paths.length > 0 ? paths : undefined, 'files'],
    ['input.format', flags.format, '--format'],
    ['input.fields.customer', flags.customer, '--customer'],
    ['input.fields.time', flags.time, '--time'],
    ['input.channels', flags.value?.map((field) => ({ name: field, field })), '--value'],
    ['window.step', flags.step, '--step'],
    ['window.steps', flags.steps, '--steps'],
    ['window.hop', flags.hop, '--hop'],
    ['run.resume', flags.resume, '--resume'],
  ];
  const given = short.filter(([, value]) => value !== undefined);
  return [...given.map(([key, value, where]) => ({ key, value, where })), ...sharedAssignments(flags)];
}

const EXAMPLES = `
Examples:
  segtide run usage.ndjson
  segtide run 'data/*.csv.gz' --customer meter_id --time read_at --value kwh --step hour --steps 24
  zcat usage.ndjson.gz | segtide run - --output -
  tail -f usage.ndjson | segtide run - --set input.live=true --output -
  segtide run --config segtide.yaml --set cluster.k=8 --output out --resume`;
