import type { RecurrentEngine } from '../../recurrent-engine.js';
import { multiplyPlainly } from '../plain/multiply-plainly.js';
import { PLAIN_OPERATIONS } from '../plain/plain-operations.js';
import type { Tfjs } from './load-tfjs.js';
import { createTfjsLayer, type TfjsLayer } from './tfjs-layer.js';

/**
 * The engine on TensorFlow.js, in single precision. Only recurrent layers go there: its buffers lie in JavaScript, where
 * the small products that are left take less time than their way to TensorFlow and back.
 */
export function createTfjsEngine(tf: Tfjs): RecurrentEngine {
  const layers: TfjsLayer[] = [];
  const allocate = (length: number) => ({ length, values: new Float32Array(length) });
  return {
    name: 'tfjs',
    description: `TensorFlow.js ${tf.version_core}, backend ${tf.getBackend()}`,
    precision: 'float32',
    allocate,
    createLayer: (spec) => {
      const layer = createTfjsLayer(tf, spec, allocate);
      layers.push(layer);
      return layer;
    },
    multiply: multiplyPlainly,
    operations: PLAIN_OPERATIONS,
    dispose: () => {
      for (const layer of layers.splice(0)) layer.dispose();
    },
  };
}
