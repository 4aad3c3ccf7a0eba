import { SegtideError } from '../../errors.js';
import { CHECKPOINTS, lookInto, SUMMARY } from '../run/folder-state.js';

/**
 * Refuses an output folder that holds anything but empty outputs.
 *
 * @throws SegtideError `output` that names one of its files
 */
export async function refuseUsedFolder(folder: string): Promise<void> {
  const state = await lookInto(folder);
  if (state.kind === 'free') return;
  const names = { unfinished: CHECKPOINTS, finished: SUMMARY };
  const name = state.kind === 'foreign' ? state.name : names[state.kind];
  const text = `The output folder ${folder} is not empty (it holds ${name}). Name another one, or write over the files there by --force.`;
  throw new SegtideError('output', text, { context: { path: folder } });
}
