import { readFileSync } from 'node:fs';
import { SegtideError } from '../../errors.js';
import type { Config } from '../config/schema.js';
import { type EventFindings, type Findings, inspectSample } from '../inspect/inspect-sample.js';
import { readFileSample } from '../inspect/read-file-sample.js';
import { toConfig } from '../inspect/to-config.js';
import { renderFindings } from '../summary/render-findings.js';
import { EXIT_CODES } from './exit-code.js';
import type { InitFlags, InspectFlags, Preset } from './inspect-command.js';
import { packagePath } from './package-path.js';
import { readConfig } from './read-config.js';
import { refuseExisting } from './refuse-existing.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import { workAndPrint } from './work-and-print.js';
import { writeText } from './write-text.js';

/** Tells what a file or topic holds; returns the exit code. */
export function inspectAndTell(input: string, flags: InspectFlags, terminal: Terminal): Promise<number> {
  return workAndPrint(
    {
      work: async () => toTold((await inspectInput(input, flags, terminal)).findings, input, flags),
      render: ({ next, ...findings }, style) => renderFindings(findings, next, style),
    },
    flags,
    terminal,
  );
}

/** Writes a config for a file or topic, or an example where none is named; returns the exit code. */
export async function initConfig(input: string | undefined, flags: InitFlags, terminal: Terminal): Promise<number> {
  const { output, force = false, quiet = false, preset } = flags;
  if (input !== undefined && preset !== undefined) {
    throw new SegtideError(
      'config',
      `--preset ${preset} is a config of its own, and looks at no input; name one of both`,
    );
  }
  // Before the input is read, which may take long.
  if (!force) await refuseExisting(output, 'Name another file by --output, or write over it by --force');
  const { config, notes } =
    input === undefined ? { config: example(preset), notes: [] } : await configFor(input, flags, terminal);
  writeText(output, config);
  const next = `segtide run --config ${output}`;
  const text =
    input === undefined
      ? `wrote ${output}; edit it, then: segtide config check ${output} && ${next}`
      : [`wrote ${output}`, ...notes.map((note) => `note: ${note}`), `Next: ${next}`].join('\n');
  if (!quiet) terminal.out.write(`${text}\n`);
  return EXIT_CODES.ok;
}

async function configFor(
  input: string,
  flags: InspectFlags,
  terminal: Terminal,
): Promise<{ readonly config: string; readonly notes: readonly string[] }> {
  const inspected = await inspectInput(input, flags, terminal);
  const findings = refuseWindows(inspected.findings);
  const kafka = inspected.config?.input.kafka;
  const config = toConfig(findings, kafka && { brokers: kafka.brokers, groupId: kafka.groupId });
  return { config, notes: findings.notes };
}

/** An example or preset that ships with the package. Its first line names the schema beside it; a copy elsewhere has none. */
function example(preset: Preset | undefined): string {
  return readFileSync(packagePath(`config/${preset ?? 'segtide'}.yaml`), 'utf8').replace(
    /^# yaml-language-server:.*\n#\n/,
    '',
  );
}

interface Inspected {
  readonly findings: Findings;
  /** How the topic was reached; undefined for a file. */
  readonly config: Config | undefined;
}

async function inspectInput(input: string, flags: InspectFlags, terminal: Terminal): Promise<Inspected> {
  const config = kafkaConfig(flags, terminal);
  if (config === undefined) return { findings: inspectSample(await readFileSample(input)), config };
  const { readTopicSample } = await import('../inspect/read-topic-sample.js');
  return { findings: inspectSample(await readTopicSample(input, config)), config };
}

/** How Kafka is reached, where brokers or a config for Kafka are named; undefined where the input is a file. */
function kafkaConfig(flags: InspectFlags, { env }: Terminal): Config | undefined {
  const { brokers, config: path, set } = flags;
  if (brokers === undefined && path === undefined && set === undefined) return undefined;
  const own = brokers === undefined ? [] : [{ key: 'input.kind', value: 'kafka', where: '--brokers' }];
  const reached = brokers === undefined ? [] : [{ key: 'input.kafka.brokers', value: brokers, where: '--brokers' }];
  const config = readConfig(path, [...sharedAssignments({ set: set ?? [] }), ...own, ...reached], env);
  return config.input.kind === 'kafka' ? config : undefined;
}

/** The findings, with the command to type next. */
function toTold(findings: Findings, input: string, { brokers }: InspectFlags): Findings & { readonly next: string } {
  const topic = brokers === undefined ? '' : ` --brokers ${brokers.join(' ')}`;
  const next =
    findings.holds === 'windows'
      ? `segtide evaluate ${input}${findings.label === undefined ? '' : ` --label-column ${findings.label}`} --fit half`
      : `segtide init ${input}${topic} && segtide run --config segtide.yaml`;
  return { ...findings, next };
}

function refuseWindows(findings: Findings): EventFindings {
  if (findings.holds === 'events') return findings;
  const { name, label } = findings;
  const evaluate = `segtide evaluate ${name}${label === undefined ? '' : ` --label-column ${label}`}`;
  throw new SegtideError(
    'input',
    `${name} holds windows that are cut already, and no events to run on; try: ${evaluate}`,
    {
      context: { path: name },
    },
  );
}
