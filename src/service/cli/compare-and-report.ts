import { availableParallelism } from 'node:os';
import { DEFAULT_METHOD_SETTINGS, METHODS, type Method } from '../../cluster/offline/method.js';
import { SegtideError } from '../../errors.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import type { TrainingProgress } from '../../train/training-progress.js';
import { checkOutputFile } from '../../transport/file/check-output-file.js';
import { candidateAssignments, keysForFile } from '../compare/candidate-keys.js';
import { type CompareFilesOptions, compareFiles } from '../compare/compare-files.js';
import type { ComparisonStep } from '../compare/compare-windows.js';
import { candidatesWith, ENCODER_CANDIDATES, type EncoderCandidate } from '../compare/encoder-candidates.js';
import type { Assignment } from '../config/assignment.js';
import type { Config } from '../config/schema.js';
import { createLog } from '../log.js';
import { trainUnderWatch } from '../model/train-under-watch.js';
import { formatCounted } from '../summary/format.js';
import type { LineDisplay } from '../summary/line-display.js';
import { renderComparison } from '../summary/render-comparison.js';
import type { CompareFlags } from './compare-command.js';
import { createCompareProgress } from './compare-progress.js';
import { inputAssignments } from './input-options.js';
import { loadCharts } from './load-charts.js';
import { pickNamed } from './names.js';
import { readConfig, readGivenKeys } from './read-config.js';
import { refuseIdle } from './refuse-idle.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import { toDuration } from './to-duration.js';
import { toRange } from './to-range.js';
import { workAndPrint } from './work-and-print.js';

const DEFAULT_ENCODERS = ['series', 'vrae', 'latents', 'features', 'rocket'];
const DEFAULT_METHODS: readonly Method[] = ['k-means', 'agglomerative', 'gaussian-mixture', 'hdbscan'];
const DEFAULT_SEEDS = 3;
/** Clusterings tell nothing of themselves, and take long now and then. */
const SHOW_EVERY_MS = 1000;

type TrainJob = (job: TrainingJob, signal: AbortSignal) => Promise<TrainingResult>;
type Parts = Pick<CompareFilesOptions, 'train' | 'onStep' | 'onShown' | 'onPageFailed'>;
type FixedOptions = Omit<CompareFilesOptions, keyof Parts>;

/**
 * Compares encoders and methods, and tells the user about it: progress on standard error, the ranking on standard output.
 *
 * @param train how a job is trained. @default in a process of its own
 * @returns the exit code
 */
export async function compareAndReport(
  files: readonly string[],
  flags: CompareFlags,
  terminal: Terminal,
  train?: TrainJob,
): Promise<number> {
  const { windows = false, output, report, labels, labelColumn } = flags;
  if (windows && labels !== undefined) refuse('--labels', 'it is for events', 'Name a --label-column.');
  if (!windows && labelColumn !== undefined) refuse('--label-column', 'it is for windows', 'Name --labels for events.');
  const keysWith = (own: readonly Assignment[]): Record<string, unknown> =>
    readGivenKeys(flags.config, [...assignmentsOf(files, flags), ...own], terminal.env);
  const given = keysWith([]);
  const configFor = (set: EncoderCandidate['set'], seed?: number): Config => {
    const own = candidateAssignments({ set }, given);
    return readConfig(flags.config, [...assignmentsOf(files, flags, seed), ...own], terminal.env);
  };
  const config = configFor({});
  const { kind } = config.encoder;
  const { paths } = config.input;
  if (paths.length === 0) {
    throw new SegtideError('config', 'there is nothing to compare: name files, as in segtide compare usage.ndjson');
  }
  if (windows && paths.length !== 1) throw new SegtideError('config', `--windows takes one file; got ${paths.length}`);
  if (output !== undefined) await checkOutputFile(output, [...paths, flags.config, labels]);
  if (report !== undefined) await checkOutputFile(report, [...paths, flags.config, labels, output]);
  const candidates = candidatesWith(kind);
  const usual = candidates === ENCODER_CANDIDATES ? DEFAULT_ENCODERS : [...DEFAULT_ENCODERS, kind];
  const encoders = pickNamed('--encoders', flags.encoders ?? usual, candidates, ({ name }) => name);
  if (output !== undefined && encoders.every(({ by }) => by === 'series')) {
    refuse('--output', 'it writes the config of an encoder, and series have none', 'Name an encoder, or leave it out.');
  }
  const first = config.run.seed;
  const options: FixedOptions = {
    kind: windows ? 'windows' : 'events',
    labelColumn,
    labelFile: labels,
    encoders,
    methods: pickNamed('--methods', flags.methods ?? DEFAULT_METHODS, METHODS, (name) => name),
    seeds: Array.from({ length: toSeeds(flags.seeds) }, (_, i) => first + i),
    settings: { ...DEFAULT_METHOD_SETTINGS, threads: Math.max(0, availableParallelism() - 1) },
    k: toRange(flags.k),
    timeLimitMs: flags.timeLimit === undefined ? undefined : toDuration('--time-limit', flags.timeLimit),
    configOf: ({ set }, seed) => configFor(set, seed),
    keysOf: ({ set }) => keysForFile(keysWith(candidateAssignments({ set }, given)), config.plugins, output ?? '.'),
    output,
    report,
    draw: async () => (await loadCharts()).renderChart,
  };
  return comparePrinted(config, options, flags, terminal, train);
}

/** Compares with a line that tells how far it is; the ranking is printed whatever becomes of the page. */
async function comparePrinted(
  config: Config,
  options: FixedOptions,
  flags: CompareFlags,
  terminal: Terminal,
  train: TrainJob | undefined,
): Promise<number> {
  const pageFailures: unknown[] = [];
  const exitCode = await workAndPrint(
    {
      work: async (display, signal) => {
        const { toLine, end, ...told } = showComparison(options, display, terminal);
        const parts: Parts = {
          ...told,
          train: (job, own, onPeak) => train?.(job, own) ?? trainUnderWatch(job, display, own, { toLine, onPeak }),
          onPageFailed: (error) => pageFailures.push(error),
        };
        try {
          return await compareFiles(
            config,
            { ...options, ...parts },
            {
              clock: { now: terminal.now },
              log: createLog({ level: 'warn', format: 'text', write: (line) => display.above(line) }),
              signal,
              onProgress: (events, gathered) =>
                display.show(() => `reading  ${formatCounted(events, 'event')}  ${formatCounted(gathered, 'window')}`),
            },
          );
        } finally {
          end();
        }
      },
      render: renderComparison,
    },
    flags,
    terminal,
  );
  if (pageFailures.length > 0) throw pageFailures[0];
  return exitCode;
}

/** What is told while a comparison works. */
function showComparison({ encoders, seeds }: FixedOptions, display: LineDisplay, terminal: Terminal) {
  const progress = createCompareProgress({ encoders: encoders.length, seeds: seeds.length, now: terminal.now });
  let showing: NodeJS.Timeout | undefined;
  return {
    toLine(training: TrainingProgress): string {
      progress.train(training);
      return progress.line();
    },
    onStep(step: ComparisonStep): void {
      progress.begin(step);
      display.show(progress.line);
      showing ??= setInterval(() => display.show(progress.line), SHOW_EVERY_MS).unref();
    },
    onShown(encoder: string): void {
      progress.draw(encoder);
      display.show(progress.line);
    },
    end: () => clearInterval(showing),
  };
}

function assignmentsOf(files: readonly string[], flags: CompareFlags, seed?: number): readonly Assignment[] {
  const given = seed === undefined ? flags.seed : String(seed);
  const assignments = [
    ...inputAssignments(files, flags),
    ...sharedAssignments({ ...(given !== undefined && { seed: given }), ...(flags.set && { set: flags.set }) }),
  ];
  if (flags.windows) {
    const cutsWindows = (key: string): boolean =>
      /^(input|window)\b/.test(key) && key !== 'input.kind' && key !== 'input.paths';
    refuseIdle(assignments, cutsWindows, 'the windows of the file are cut already');
  }
  return assignments;
}

function toSeeds(text: string | undefined): number {
  if (text === undefined) return DEFAULT_SEEDS;
  const seeds = Number(text);
  if (Number.isInteger(seeds) && seeds >= 1 && seeds <= 100) return seeds;
  throw new SegtideError('config', `--seeds must be a whole number from 1 to 100; got '${text}'`);
}

function refuse(flag: string, why: string, instead: string): never {
  throw new SegtideError('config', `${flag} has no part here: ${why}. ${instead}`);
}
