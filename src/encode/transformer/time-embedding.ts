import type { FloatArray } from '../vrae/recurrent-engine.js';

/**
 * Time2Vec (Kazemi et al., 2019): what a token is told of when it is in its window, as one straight line over time and
 * waves, whose frequencies and phases are learnt.
 */
export interface TimeEmbedding {
  load(parameters: FloatArray): void;
  /** Adds the embedding to each token. */
  add(values: FloatArray, rows: number): void; // (rows, tokens, width)
  backward(gradients: FloatArray, rows: number): void; // (rows, tokens, width)
  collect(gradient: FloatArray): void;
}

/** The embedding of each token, (tokens, width), of frequencies, in cycles a window, and phases. */
export function timeEmbedding(frequencies: FloatArray, phases: FloatArray, tokens: number): Float64Array {
  const width = frequencies.length;
  return Float64Array.from({ length: tokens * width }, (_, at) => {
    const i = at % width;
    const angle = frequencies[i]! * timeOf((at - i) / width, tokens) + phases[i]!;
    return i === 0 ? angle : Math.sin(angle);
  });
}

/**
 * @param start of frequencies and, behind them, phases among all parameters
 * @param tokens evenly spaced over the window
 */
export function createTimeEmbedding(start: number, tokens: number, width: number): TimeEmbedding {
  const frequencies = new Float64Array(width);
  const phases = new Float64Array(width);
  const gradients = new Float64Array(2 * width);
  const summed = new Float64Array(tokens * width);
  let embedding: Float64Array = summed;
  return {
    load: (all) => {
      frequencies.set(all.subarray(start, start + width));
      phases.set(all.subarray(start + width, start + 2 * width));
      embedding = timeEmbedding(frequencies, phases, tokens);
    },
    add: (values, rows) => {
      for (let row = 0, at = 0; row < rows; row++) {
        for (let i = 0; i < embedding.length; i++, at++) values[at]! += embedding[i]!;
      }
    },
    backward: (given, rows) => {
      summed.fill(0);
      for (let row = 0, at = 0; row < rows; row++) {
        for (let i = 0; i < summed.length; i++, at++) summed[i]! += given[at]!;
      }
      gradients.fill(0);
      for (let token = 0, at = 0; token < tokens; token++) {
        const time = timeOf(token, tokens);
        for (let i = 0; i < width; i++, at++) {
          const slope = summed[at]! * (i === 0 ? 1 : Math.cos(frequencies[i]! * time + phases[i]!));
          gradients[i]! += slope * time;
          gradients[width + i]! += slope;
        }
      }
    },
    collect: (gradient) => gradient.set(gradients, start),
  };
}

/** The middle of a token, where a window is one turn. */
function timeOf(token: number, tokens: number): number {
  return (2 * Math.PI * (token + 0.5)) / tokens;
}
