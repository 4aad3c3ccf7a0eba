import { findInputFiles } from '../../transport/file/input-files.js';
import { readVectorTable } from '../../transport/file/read-vector-table.js';
import type { Config } from '../config/schema.js';
import type { GatherDeps } from '../model/gather-windows.js';
import type { ClusteredRows } from './clustered-rows.js';
import { type ReadWindowsOptions, readWindows } from './read-windows.js';
import { toVectorRows } from './vector-rows.js';
import { toWindowRows, type WindowRowsOptions } from './window-rows.js';

/** What files hold: usage events to cut windows from, ready-made windows, or vectors. */
export type InputKind = 'events' | 'windows' | 'vectors';

export interface ClusterInputOptions
  extends Omit<ReadWindowsOptions, 'kind'>,
    Pick<WindowRowsOptions, 'by' | 'model' | 'train'> {
  readonly kind: InputKind;
  /** Of vectors: the field of the array, see `readVectorTable`. */
  readonly vectorField?: string | undefined;
  readonly modelVersion?: string | undefined;
}

/**
 * Reads what is to be clustered.
 *
 * @throws SegtideError `input` where a file can't be read, `config` where there is too little in it, `encoder` where the training fails
 */
export async function readClusterInput(
  config: Config,
  { kind, vectorField, modelVersion, labelColumn, labelFile, by, model, train }: ClusterInputOptions,
  deps: GatherDeps,
): Promise<ClusteredRows> {
  const { input, run } = config;
  if (kind === 'vectors') {
    const files = await findInputFiles(input.paths, input.format === 'auto' ? undefined : input.format, '.');
    const table = await readVectorTable(files, { field: vectorField, labelField: labelColumn, modelVersion });
    return toVectorRows(table, input.paths.join(', '), config.cluster.distance);
  }
  const { windows, named, labels, events, settingsOf } = await readWindows(
    config,
    { kind, labelColumn, labelFile },
    deps,
  );
  const rows = await toWindowRows(windows, named, labels, {
    by,
    model,
    train,
    settings: settingsOf(config),
    mostFitted: config.model.reservoir,
    seed: run.seed,
    signal: deps.signal,
  });
  return { ...rows, events };
}
