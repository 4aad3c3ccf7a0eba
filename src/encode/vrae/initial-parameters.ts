import type { Random } from '../../numeric/random.js';
import { type LayerPlace, type LinearPlace, toLayout } from './vrae-layout.js';
import type { VraeSettings } from './vrae-options.js';
import type { VraeShape } from './vrae-shape.js';

/**
 * New parameters.
 *
 * - `glorot`: uniform within the bounds of Glorot and Bengio (2010) for each block of a matrix, biases zero but for the
 *   forget gates', which are one so that early gradients pass (Jozefowicz et al., 2015);
 * - `uniform`: as PyTorch's layers start, within one over the root of `hidden` in recurrent layers, whose biases are the
 *   sum of two draws; linear weights by Glorot and Bengio, their biases within one over the root of their inputs.
 */
export function createParameters(
  shape: VraeShape,
  random: Random,
  initialization: VraeSettings['initialization'] = 'glorot',
): Float64Array {
  const { hidden, cell } = shape;
  const layout = toLayout(shape);
  const parameters = new Float64Array(layout.count);
  const glorot = initialization === 'glorot';
  const within = (bound: number): number => bound * (2 * random.next() - 1);
  const draw = (fanIn: number, fanOut: number): number => within(Math.sqrt(6 / (fanIn + fanOut)));
  const recurrentBound = 1 / Math.sqrt(hidden);

  const drawLayer = ({ start, length, inputs }: LayerPlace): void => {
    const width = hidden + inputs + 1;
    const rows = (cell === 'lstm' ? 4 : 3) * hidden;
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < width - 1; k++) {
        parameters[start + i * width + k] = glorot
          ? draw(k < hidden ? hidden : inputs, hidden)
          : within(recurrentBound);
      }
      const bias = start + (i + 1) * width - 1;
      if (!glorot) {
        const alone = cell === 'gru' && i >= 2 * hidden;
        parameters[bias] = within(recurrentBound) + (alone ? 0 : within(recurrentBound));
      } else if (cell === 'lstm' && i >= hidden && i < 2 * hidden) {
        parameters[bias] = 1;
      }
    }
    if (glorot) return;
    for (let i = start + rows * width; i < start + length; i++) parameters[i] = within(recurrentBound);
  };
  const drawLinear = ({ start, inputs, outputs }: LinearPlace, fanOut: number): void => {
    const count = outputs * inputs;
    for (let i = 0; i < count; i++) parameters[start + i] = draw(inputs, fanOut);
    if (glorot) return;
    for (let i = count; i < count + outputs; i++) parameters[start + i] = within(1 / Math.sqrt(inputs));
  };

  for (const { forward, reverse } of layout.encoder) {
    drawLayer(forward);
    if (reverse !== undefined) drawLayer(reverse);
  }
  drawLinear(layout.posterior, layout.posterior.outputs);
  drawLinear(layout.initial, hidden);
  for (const layer of layout.decoder) drawLayer(layer);
  drawLinear(layout.output, layout.output.outputs);
  return parameters;
}
