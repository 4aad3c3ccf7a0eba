import { SegtideError } from '../../errors.js';
import { createJsNetwork } from './js-network.js';
import { loadTfjs } from './tfjs/load-tfjs.js';
import { createTfjsNetwork } from './tfjs/tfjs-network.js';
import type { VraeNetwork } from './vrae-network.js';
import type { VraeEngine, VraeSettings } from './vrae-options.js';
import type { VraeShape } from './vrae-weights.js';

/**
 * Units times series of the largest update that `auto` leaves to plain typed arrays. Up to there a training takes seconds
 * on one core, and a result that does not depend on an optional dependency is worth more than the half of them that
 * tfjs-node would save on two; beyond, it is four to ten times as fast (docs/vrae.md).
 */
const LARGEST_JS_UPDATE = 1024;

/** Units up to which plain typed arrays encode a series of some fifty steps in well under a millisecond. */
const LARGEST_JS_HIDDEN = 48;

/**
 * Makes the network to encode with: `auto` is plain typed arrays up to 48 units, which need no start and whose rows
 * never depend on their batch; beyond, tfjs-node where it loads.
 */
export function createInferenceNetwork(
  shape: VraeShape,
  engine: VraeEngine,
  tfjsSpecifier?: string,
): Promise<VraeNetwork> {
  const small = shape.hidden <= LARGEST_JS_HIDDEN;
  return createVraeNetwork(shape, engine === 'auto' && small ? 'js' : engine, { training: false, tfjsSpecifier });
}

/** Makes the network that `settings.engine` asks for, to train with. See `createVraeNetwork`. */
export function createTrainingNetwork(
  shape: VraeShape,
  { engine, hidden, batch }: VraeSettings,
  tfjsSpecifier?: string,
): Promise<VraeNetwork> {
  const small = hidden * batch <= LARGEST_JS_UPDATE;
  return createVraeNetwork(shape, engine === 'auto' && small ? 'js' : engine, { training: true, tfjsSpecifier });
}

/**
 * Makes a network on an engine: `auto` is tfjs-node where it loads, else plain typed arrays.
 *
 * @throws SegtideError `config` when tfjs-node is asked for and does not load.
 */
export async function createVraeNetwork(
  shape: VraeShape,
  engine: VraeEngine,
  {
    training,
    tfjsSpecifier,
  }: {
    readonly training: boolean;
    /** Another installation of tfjs-node. @default '@tensorflow/tfjs-node' */
    readonly tfjsSpecifier?: string | undefined;
  },
): Promise<VraeNetwork> {
  if (engine === 'js') return createJsNetwork(shape, { training });
  const tf = await loadTfjs(tfjsSpecifier);
  if (tf !== undefined) return createTfjsNetwork(tf, shape);
  if (engine === 'auto') return createJsNetwork(shape, { training });
  throw new SegtideError(
    'config',
    'vrae.engine is tfjs, but @tensorflow/tfjs-node does not load. Install it (npm install @tensorflow/tfjs-node), or set vrae.engine to auto.',
  );
}
