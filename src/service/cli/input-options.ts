import type { Command } from 'commander';
import type { Assignment } from '../config/assignment.js';
import { toWords } from './names.js';

/** Flags of all commands that read usage events. */
export interface InputFlags {
  readonly config?: string;
  readonly input?: string[];
  readonly format?: string;
  readonly customer?: string;
  readonly time?: string;
  readonly value?: string[];
  readonly step?: string;
  readonly steps?: string;
  readonly hop?: string;
}

export function addInputOptions(command: Command): Command {
  return command
    .argument('[files...]', 'files and globs, NDJSON, CSV or Parquet, also gzipped; - is standard input')
    .option('-c, --config <file>', 'config file; segtide.yaml in this folder when there is one')
    .option('-i, --input <files...>', 'the same as naming files')
    .option('-f, --format <format>', 'auto, ndjson, csv or parquet')
    .option('--customer <field>', 'field with the customer id (`customer`, if you name none)')
    .option('--time <field>', 'field with the event time (`time`, if you name none), ISO 8601 text')
    .option(
      '--value <fields...>',
      'fields to sum up, with spaces or commas, a channel each; without any, events are counted',
    )
    .option('--step <step>', 'hour, day, week, month or a duration')
    .option('--steps <n>', 'steps in a window')
    .option('--hop <n>', 'steps from one window to the next');
}

/** The config keys that files and those flags set. */
export function inputAssignments(files: readonly string[], flags: InputFlags): Assignment[] {
  const paths = [...files, ...(flags.input ?? [])];
  const short: [string, unknown, string][] = [
    ['input.kind', paths.length > 0 ? 'file' : undefined, 'files'],
    ['input.paths', paths.length > 0 ? paths : undefined, 'files'],
    ['input.format', flags.format, '--format'],
    ['input.fields.customer', flags.customer, '--customer'],
    ['input.fields.time', flags.time, '--time'],
    ['input.channels', flags.value && toWords(flags.value).map((field) => ({ name: field, field })), '--value'],
    ['window.step', flags.step, '--step'],
    ['window.steps', flags.steps, '--steps'],
    ['window.hop', flags.hop, '--hop'],
  ];
  return short.filter(([, value]) => value !== undefined).map(([key, value, where]) => ({ key, value, where }));
}

/** Those flags as they are written. */
export function inputArguments(files: readonly string[], flags: InputFlags): readonly string[] {
  const { config, input = [], value = [], ...others } = flags;
  const named: [string, string | undefined][] = [
    ['--config', config],
    ['--format', others.format],
    ['--customer', others.customer],
    ['--time', others.time],
    ['--step', others.step],
    ['--steps', others.steps],
    ['--hop', others.hop],
  ];
  return [
    ...files,
    ...input,
    ...named.flatMap(([flag, text]) => (text === undefined ? [] : [flag, text])),
    ...(value.length === 0 ? [] : ['--value', ...value]),
  ];
}
