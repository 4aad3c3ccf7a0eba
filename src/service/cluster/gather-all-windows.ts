import { SegtideError } from '../../errors.js';
import { NO_LABEL } from '../../ingest/label-code.js';
import { customersOf, selectWindows } from '../../train/window-rows.js';
import { firstResults } from '../../window/first-results.js';
import type { Fates, WindowBatch } from '../../window/window-batch.js';
import type { Config } from '../config/schema.js';
import type { GatherDeps } from '../model/gather-windows.js';
import { type ReadInput, readToEnd } from '../model/read-to-end.js';
import { resolveRun } from '../run/run-settings.js';
import { formatCount, formatCounted } from '../summary/format.js';

/** Every whole window of an input. */
export interface AllWindows {
  readonly windows: WindowBatch;
  /** Codes of the classes that events told of their customers, `NO_LABEL` where none is known; undefined where none did. */
  readonly labels: Int32Array | undefined; // (windows)
  /** Usage events that were read. */
  readonly events: number;
}

/**
 * Reads the input of a config to its end and keeps all windows that a model may learn from: first results of windows that
 * closed.
 *
 * @throws SegtideError `config` for an input that never ends, `input` when it gives no window, `aborted` on request
 */
export async function gatherAllWindows(config: Config, deps: GatherDeps): Promise<AllWindows> {
  if (config.input.kind === 'kafka') {
    throw new SegtideError('config', 'a topic has no end to read up to: name files');
  }
  const run = resolveRun(config);
  const parts: WindowBatch[] = [];
  const names: string[] = [];
  const labels: number[] = [];
  const { fates, deadLetterReasons } = await readToEnd(config, run, deps, 'clustering', (windows, rows) => {
    if (rows.length === 0) return;
    for (const row of rows) {
      names.push(windows.ids.text(windows.customers[row]!));
      labels.push(windows.labels?.[row] ?? NO_LABEL);
    }
    parts.push(selectWindows(windows, Uint32Array.from(rows)));
  });
  if (fates.accepted < fates.in) deps.log.warn(leftOut(fates, deadLetterReasons));
  return {
    windows: joined(parts, names),
    labels: labels.some((label) => label !== NO_LABEL) ? Int32Array.from(labels) : undefined,
    events: fates.in,
  };
}

/** What became of the events that are in no window. */
function leftOut(fates: Fates, reasons: ReadInput['deadLetterReasons']): string {
  const others: [string, number][] = [
    ['late', fates.late],
    ['quarantined', fates.quarantined],
    ['duplicate', fates.duplicate],
    ['skipped', fates.skipped],
  ];
  const told = [
    ...Object.entries(reasons).map(([reason, count]) => [`dead-lettered as ${reason}`, count] as const),
    ...others,
  ]
    .filter(([, count]) => count > 0)
    .map(([fate, count]) => `${formatCount(count)} ${fate}`);
  const share = `${formatCount(fates.in - fates.accepted)} of ${formatCounted(fates.in, 'event')}`;
  return `${share} are in no window: ${told.join(', ')}; segtide run writes each with its reason`;
}

/** Several batches as one, with ids of its own: slots are given to others as the stream goes on. */
function joined(parts: readonly WindowBatch[], names: readonly string[]): WindowBatch {
  const { steps, channels } = parts[0]!;
  const length = names.length;
  const whole = {
    starts: new Float64Array(length),
    ends: new Float64Array(length),
    values: new Float32Array(length * steps * channels),
    mask: new Uint8Array(length * steps * channels),
    observedSteps: new Uint16Array(length),
  };
  let to = 0;
  for (const part of parts) {
    whole.starts.set(part.starts, to);
    whole.ends.set(part.ends, to);
    whole.observedSteps.set(part.observedSteps, to);
    whole.values.set(part.values, to * steps * channels);
    whole.mask.set(part.mask, to * steps * channels);
    to += part.length;
  }
  return {
    ...whole,
    ...customersOf(names),
    ...firstResults(length),
    length,
    steps,
    channels,
    watermark: parts.at(-1)!.watermark,
  };
}
