import type { FloatArray, FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';

/**
 * Time2Vec (Kazemi et al., 2019): what a token is told of when it is in its window, as one straight line over time and
 * waves, whose frequencies and phases are learnt.
 */
export interface TimeEmbedding {
  load(parameters: FloatArray): void;
  /** Adds the embedding to each token. */
  add(values: FloatBuffer, rows: number): void; // (rows, tokens, width)
  backward(gradients: FloatBuffer, rows: number): void; // (rows, tokens, width)
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

export interface TimeEmbeddingOptions {
  /** Of frequencies and, behind them, phases among all parameters. */
  readonly start: number;
  /** Evenly spaced over the window. */
  readonly tokens: number;
  readonly width: number;
}

export function createTimeEmbedding(
  engine: RecurrentEngine,
  { start, tokens, width }: TimeEmbeddingOptions,
): TimeEmbedding {
  const { operations } = engine;
  const all = tokens * width;
  const embedding = engine.allocate(all);
  const summed = engine.allocate(all);
  const frequencies = new Float64Array(width);
  const phases = new Float64Array(width);
  const gradients = new Float64Array(2 * width);
  return {
    load: (all) => {
      frequencies.set(all.subarray(start, start + width));
      phases.set(all.subarray(start + width, start + 2 * width));
      embedding.values.set(timeEmbedding(frequencies, phases, tokens));
    },
    add: (values, rows) => {
      operations.addBias({ sums: values, bias: embedding, rows, width: all, out: values });
    },
    backward: (given, rows) => {
      operations.sumColumns(given, rows, all, summed);
      const slopes = summed.values;
      gradients.fill(0);
      for (let token = 0, at = 0; token < tokens; token++) {
        const time = timeOf(token, tokens);
        for (let i = 0; i < width; i++, at++) {
          const slope = slopes[at]! * (i === 0 ? 1 : Math.cos(frequencies[i]! * time + phases[i]!));
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
