import type { Random } from '../../numeric/random.js';
import { type LayerPlace, type LinearPlace, toLayout } from './vrae-layout.js';
import type { VraeShape } from './vrae-shape.js';

/**
 * New parameters: uniform within the bounds of Glorot and Bengio (2010) for each block of a matrix, biases zero but for
 * the forget gates', which are one so that early gradients pass (Jozefowicz et al., 2015).
 */
export function createParameters(shape: VraeShape, random: Random): Float64Array {
  const { hidden, cell } = shape;
  const layout = toLayout(shape);
  const parameters = new Float64Array(layout.count);
  const draw = (fanIn: number, fanOut: number): number => Math.sqrt(6 / (fanIn + fanOut)) * (2 * random.next() - 1);

  const drawLayer = ({ start, inputs }: LayerPlace): void => {
    const width = hidden + inputs + 1;
    for (let i = 0; i < (cell === 'lstm' ? 4 : 3) * hidden; i++) {
      for (let k = 0; k < width - 1; k++) {
        parameters[start + i * width + k] = draw(k < hidden ? hidden : inputs, hidden);
      }
      if (cell === 'lstm' && i >= hidden && i < 2 * hidden) parameters[start + (i + 1) * width - 1] = 1;
    }
  };
  const drawLinear = ({ start, inputs, outputs }: LinearPlace, fanOut: number): void => {
    for (let i = 0; i < outputs * inputs; i++) parameters[start + i] = draw(inputs, fanOut);
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
