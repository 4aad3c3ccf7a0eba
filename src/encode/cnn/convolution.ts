import type { StackedLayer } from '../autoencoder/layer-stack.js';
import { createBias } from '../vrae/bias.js';
import { createLinearLayer } from '../vrae/linear-layer.js';
import type { LinearPlace } from '../vrae/vrae-layout.js';
import { createWeightMatrix } from '../vrae/weight-matrix.js';
import type { Taps } from './taps.js';

/**
 * A convolution along the steps: from (steps, channels) to (places, filters).
 *
 * @param place of weights, (filters, kernel, channels), and a bias of each filter
 */
export function convolutionLayer(place: LinearPlace, taps: Taps): StackedLayer {
  const { places, steps, channels } = taps;
  return {
    inputs: steps * channels,
    outputs: places * place.outputs,
    create: (engine, { rows: most, input, inputGradients, training = false }) => {
      const columns = engine.allocate(most * places * place.inputs);
      const linear = createLinearLayer(engine, {
        place,
        rows: most * places,
        input: columns,
        // What was gathered is no longer needed once the gradient of the weights is there.
        inputGradients: inputGradients && columns,
        training,
        inPlace: true,
      });
      return {
        ...linear,
        forward: (rows) => {
          engine.operations.gather(taps, input, rows, columns);
          linear.forward(rows * places);
        },
        backward: (rows) => {
          linear.backward(rows * places);
          if (inputGradients !== undefined) engine.operations.scatter(taps, columns, rows, inputGradients);
        },
      };
    },
  };
}

/**
 * The way back of a convolution as a layer of its own (Zeiler et al., 2010): from (places, filters) to (steps, channels).
 *
 * @param place of weights, (kernel, channels, filters), and a bias of each channel
 */
export function transposedConvolutionLayer(place: LinearPlace, taps: Taps): StackedLayer {
  const { places, steps, channels } = taps;
  const { start, inputs: filters, outputs: width } = place;
  return {
    inputs: places * filters,
    outputs: steps * channels,
    create: (engine, { rows: most, input, inputGradients, training = false }) => {
      const columns = engine.allocate(most * places * width);
      const sums = engine.allocate(most * steps * channels);
      const weights = createWeightMatrix(engine, {
        place,
        input,
        sums: columns,
        sumGradients: columns,
        inputGradients,
        training,
      });
      const bias = createBias(engine, start + width * filters, channels, training);
      return {
        bias: bias.values,
        sums,
        sumGradients: sums,
        load: (parameters) => {
          weights.load(parameters);
          bias.load(parameters);
        },
        forward: (rows) => {
          weights.forward(rows * places);
          engine.operations.scatter(taps, columns, rows, sums);
        },
        backward: (rows) => {
          engine.operations.gather(taps, sums, rows, columns);
          weights.backward(rows * places);
          bias.backward(sums, rows * steps);
        },
        collect: (gradient) => {
          weights.collect(gradient);
          bias.collect(gradient);
        },
      };
    },
  };
}
