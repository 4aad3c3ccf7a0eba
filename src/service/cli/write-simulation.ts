import { SegtideError } from '../../errors.js';

/** What was written, as paths. */
export interface WrittenSimulation {
  readonly events: string;
  readonly labels: string;
  readonly config: string;
}

export async function writeSimulation(folder: string, _options: SimulationFlags): Promise<WrittenSimulation> {
  throw new SegtideError('output', `can't simulate into '${folder}' yet`);
}

export interface SimulationFlags {
  readonly customers?: string | undefined;
  readonly days?: string | undefined;
  readonly seed?: string | undefined;
}
