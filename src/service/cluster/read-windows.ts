import { SegtideError } from '../../errors.js';
import { NO_LABEL } from '../../ingest/label-code.js';
import type { ModelSettings } from '../../train/training-job.js';
import { readWindowTable } from '../../transport/file/read-window-table.js';
import { toGivenWindows } from '../../window/given-windows.js';
import type { WindowBatch } from '../../window/window-batch.js';
import type { Config } from '../config/schema.js';
import type { GatherDeps } from '../model/gather-windows.js';
import { modelSettingsFor } from '../model/model-settings.js';
import { type LabelLookup, readLabels } from '../report/read-labels.js';
import { resolveRun } from '../run/run-settings.js';
import { gatherAllWindows } from './gather-all-windows.js';

/** Windows that were cut from events, or elsewhere. */
export interface ReadWindows {
  readonly windows: WindowBatch;
  /** Whether they have customers and times. */
  readonly named: boolean;
  /** Class of each, or its code where events told it, '' where it is unknown; undefined where no labels were named. */
  readonly labels: readonly string[] | undefined;
  /** Usage events that they were cut from. */
  readonly events: number | undefined;
  /** How a config makes a model of them; one that cuts windows otherwise has no part here. */
  settingsOf(config: Config): ModelSettings;
}

export interface ReadWindowsOptions {
  readonly kind: 'events' | 'windows';
  /** Of ready-made windows: column with the class. */
  readonly labelColumn?: string | undefined;
  /** Of events: file of known segments, by customer and span; it counts, and not what events tell by `input.fields.label`. */
  readonly labelFile?: string | undefined;
}

/**
 * Reads all windows of a config's input.
 *
 * @throws SegtideError `input` where a file can't be read or holds none, `config` for an input without end
 */
export async function readWindows(
  config: Config,
  { kind, labelColumn, labelFile }: ReadWindowsOptions,
  deps: GatherDeps,
): Promise<ReadWindows> {
  if (kind === 'windows') {
    const table = await readWindowTable(config.input.paths[0]!, { labelColumn, signal: deps.signal });
    return {
      windows: toGivenWindows(table),
      named: false,
      labels: table.labels,
      events: undefined,
      settingsOf: (own) => modelSettingsFor(own, table, own.cluster.k),
    };
  }
  const labelOf = labelFile === undefined ? undefined : await readLabels(labelFile, (id) => id);
  const { windows, labels, events } = await gatherAllWindows(config, deps);
  return {
    windows,
    named: true,
    labels: labelOf === undefined ? labelsOfEvents(labels, config, deps) : labelsOfFile(labelOf, labelFile!, windows),
    events,
    settingsOf: (own) => resolveRun(own).segmentation.trainer.model,
  };
}

function labelsOfFile(
  labelOf: LabelLookup,
  path: string,
  { ids, customers, starts, ends, length }: WindowBatch,
): readonly string[] {
  const labels = Array.from(starts, (start, row) => labelOf(ids.text(customers[row]!), start, ends[row]!) ?? '');
  if (labels.some((label) => label !== '')) return labels;
  const text = `${path} labels none of the ${length} windows; name the labels of these events, whose customers are called as there, or leave --labels out.`;
  throw new SegtideError('input', text);
}

/** A stream goes on where its labels are missing, and so does what clusters it. */
function labelsOfEvents(
  codes: Int32Array | undefined,
  { input }: Config,
  { log }: GatherDeps,
): readonly string[] | undefined {
  const { label } = input.fields;
  if (label === undefined) return undefined;
  if (codes === undefined) log.warn(`no event with '${label}' is in a window: nothing is held against labels`);
  return codes && Array.from(codes, (code) => (code === NO_LABEL ? '' : String(code)));
}
