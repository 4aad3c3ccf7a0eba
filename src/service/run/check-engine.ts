import { openEngine } from '../../encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../../encode/vrae/vrae-options.js';

/**
 * Finds out whether the engine runs here, long before a first model needs it.
 *
 * @throws SegtideError `config` when it was asked for by name and does not
 */
export async function checkEngine(wanted: VraeEngine): Promise<void> {
  const { engine } = await openEngine(wanted);
  engine.dispose();
}
