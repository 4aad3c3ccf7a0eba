import { lookInto, notEmpty } from '../run/folder-state.js';

/**
 * Refuses an output folder that holds anything but empty outputs.
 *
 * @throws SegtideError `output` that names one of its files
 */
export async function refuseUsedFolder(folder: string): Promise<void> {
  const state = await lookInto(folder);
  if (state.kind !== 'free') throw notEmpty(folder, state, 'write over the files there by --force');
}
